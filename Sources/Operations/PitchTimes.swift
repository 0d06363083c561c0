import Domain
import Store

/// When the firms of a line-up pitch in another plan: a pitch keeps its slot as long as it can, nothing moves up into a
/// gap, and nothing that begins soon is touched.
struct PitchTimes: Sendable {
  private(set) var lineUp: [NewPlan.Pitch] = []
  /// Firms that step in later, without those that have.
  private(set) var runnersUp: [String]
  /// Places whose firm fell out, with the firm that stepped in; nil for a gap.
  private(set) var fallenOut: [Int: String?] = [:]

  private let desk: RoadshowDesk
  private let gone: Set<String>
  /// Seconds since 1970. A slot that begins by then is given to nobody.
  private let frozenUntil: Int

  /// - Parameters:
  ///   - pitches: of the plan before.
  ///   - fills: whether a runner-up steps in where a firm fell out.
  ///   - now: seconds since 1970.
  init(
    _ desk: RoadshowDesk, _ pitches: [RoadshowDesk.Pitch], runnersUp: [String], fills: Bool, now: Int
  ) {
    (self.desk, self.runnersUp) = (desk, runnersUp)
    gone = Set(desk.participants.filter(\.state.isGone).map(\.party))
    frozenUntil = desk.frozenUntil(now: now)
    var homeless: [RoadshowDesk.Pitch] = []
    var vacated: [(place: Int, time: RoadshowDesk.PitchTime)] = []
    for pitch in pitches {
      if gone.contains(pitch.firm) {
        fallenOut[pitch.place] = .some(nil)
        if let time = pitch.time { vacated.append((pitch.place, time)) }
      } else if let time = pitch.time, time.starts <= now || holds(pitch.firm, time) {
        lineUp.append(NewPlan.Pitch(firm: pitch.firm, place: pitch.place, slot: .at(time)))
      } else {
        homeless.append(pitch)
      }
    }
    for pitch in homeless {
      if let time = freeSlot(for: pitch.firm) {
        lineUp.append(NewPlan.Pitch(firm: pitch.firm, place: pitch.place, slot: .at(time)))
      } else if let time = pitch.time {
        fallenOut[pitch.place] = .some(nil)
        vacated.append((pitch.place, time))
      } else {
        lineUp.append(NewPlan.Pitch(firm: pitch.firm, place: pitch.place, slot: .none))
      }
    }
    for gap in vacated where fills { stepIn(at: gap.place, gap.time) }
    lineUp.sort { $0.place < $1.place }
    let pitching = Set(lineUp.map(\.firm))
    self.runnersUp.removeAll { pitching.contains($0) }
  }

  /// Firms of the line-up that have no slot.
  var withoutSlot: [String] { lineUp.filter { $0.slot == .none }.map(\.firm) }

  private func slot(at time: RoadshowDesk.PitchTime) -> RoadshowDesk.PitchSlot? {
    desk.pitchSlots.first { $0.starts == time.starts && $0.ends == time.ends }
  }

  private func holds(_ firm: String, _ time: RoadshowDesk.PitchTime) -> Bool {
    slot(at: time).map { !$0.absent.contains(firm) } ?? false
  }

  private func isTaken(_ slot: RoadshowDesk.PitchSlot) -> Bool {
    lineUp.contains { pitch in
      if case .at(let time) = pitch.slot { time.starts < slot.ends && slot.starts < time.ends } else { false }
    }
  }

  private func freeSlot(for firm: String) -> RoadshowDesk.PitchTime? {
    desk.pitchSlots.first { $0.starts > frozenUntil && !$0.absent.contains(firm) && !isTaken($0) }
      .map { .init(starts: $0.starts, ends: $0.ends) }
  }

  /// The first runner-up who takes part and is there then.
  private mutating func stepIn(at place: Int, _ time: RoadshowDesk.PitchTime) {
    guard let slot = slot(at: time), slot.starts > frozenUntil, !isTaken(slot) else { return }
    let pitching = Set(lineUp.map(\.firm))
    let there = Set(desk.participants.filter { $0.side == .firm && !$0.state.isGone }.map(\.party))
    guard
      let firm = runnersUp.first(where: {
        there.contains($0) && !pitching.contains($0) && !slot.absent.contains($0)
      })
    else { return }
    lineUp.append(NewPlan.Pitch(firm: firm, place: place, slot: .at(time)))
    fallenOut[place] = .some(firm)
  }
}

extension RoadshowDesk {
  /// Until when what begins is not moved, in seconds since 1970.
  func frozenUntil(now: Int) -> Int { now + 60 * show.freezeMinutes }
}
