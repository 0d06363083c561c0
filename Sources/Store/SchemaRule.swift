import Domain

/// The named rules of the schema that a person may run into. An import finds breaches of them row by row before it
/// writes (`RegistryTable.check`); the database has the last word.
public enum SchemaRule {
  /// What the named rules of the schema mean, for a person.
  public static let sentences: [String: String] = [
    "code_is_fixed": "the code of an object never changes",
    "firm_merged_into_other": "a firm cannot be merged into itself",
    "holding_exited_after_since": "exited_on lies before since",
    "roadshow_ends_after_start": "ends_on lies before starts_on",
    "rate_between_two": "a rate is between two different currencies",
    "investor_parent_tree": "parent would put an investor below itself, or more than seven houses above it",
    "sector_tree":
      "the sectors would form no tree of at most \(Limits.sectorDepth) levels and \(Limits.sectors) sectors",
    "sector_code_without_colon": "the code of a sector has no colon, since weights are written code:weight",
    "time_zone_known": "time_zone is not one that PostgreSQL knows, like Asia/Shanghai",
    "introduction_under_way": "these two are being introduced already; INTRO LIST shows it",
    "token_expiry": "expires_on lies in the past",
    "roadshow_time_zone_needed": "the roadshow has no time zone; give it one with ROADSHOW SET … time_zone=",
    "roadshow_time_zone_fixed":
      "the roadshow has blocks or absences in its time zone; take those away before it is changed",
    "local_time_skipped": "this time does not exist there: the clocks are put forward then",
    "local_time_doubled": "this time comes twice there: the clocks are put back then",
    "roadshow_block_on_its_days": "a block lies on the days of its roadshow, from starts_on to ends_on",
    "roadshow_block_keeps_time":
      "the clocks are changed within the block; make it end before that or begin after",
    "roadshow_block_number_range": "blocks are numbered from 1 to \(Limits.blocks)",
    "roadshow_block_in_one_day":
      "a block ends after it starts, on the same day; one over midnight is two blocks",
    "roadshow_block_has_a_slot": "the block is shorter than one slot",
    "roadshow_block_overlap": "another block is at this time",
    "roadshow_block_in_use":
      "meetings of the published plan would be left without their slots; times of blocks stay while it has some there",
    "roadshow_block_pitched":
      "pitches of the published plan would be left without their slots; times of blocks stay while it has some there",
    "roadshow_block_pinned": "a pinned meeting would be left without its slot; take the pin away first",
    "roadshow_slot_overlap": "another slot is at this time",
    "roadshow_slot_number_range": "a roadshow has at most \(Limits.slots) slots",
    "roadshow_table_number_range": "tables are numbered from 1 to \(Limits.tables)",
    "long_text_form":
      "a remark or summary is on one line and has 1 to 2,000 characters",
    "short_text_form": "a name is on one line and has 1 to \(Limits.name) characters",
    "investor_excluded_firms_count": "an investor excludes at most \(Limits.exclusions) firms",
    "investor_excluded_sectors_count": "an investor excludes at most \(Limits.exclusions) sectors",
    "investor_regions_count": "a mandate has at most \(Limits.regions) regions",
    "firm_wanted_investors_form": "a firm wishes for at most \(Limits.wishes) investors, by their codes",
    "firm_unwanted_investors_form": "a firm keeps at most \(Limits.wishes) investors off, by their codes",
    "roadshow_table_in_use":
      "meetings of the published plan sit at this table; out_of_order=yes keeps others from it",
    "participant_pkey": "it takes part already",
    "participant_limit": "a roadshow has at most \(Limits.participants) participants",
    "participant_meetings_in_order": "min_meetings is more than max_meetings",
    "participant_person_once": "one of these persons comes with another delegation already",
    "participant_person_of_party": "one of these persons is of somebody else",
    "participant_person_limit": "at most \(Limits.delegation) persons come with a participant",
    "participant_absence_number_range": "a participant is away at most \(Limits.absences) times",
    "wish_limit": "a roadshow has at most \(Limits.roadshowWishes) wishes",
    "pin_limit": "a roadshow has at most \(Limits.pins) pins",
    "pin_firm_twice": "another meeting of this firm is pinned to this slot",
    "pin_investor_twice": "another meeting of this investor is pinned to this slot",
    "pin_table_twice": "another meeting is pinned to this table at this slot",
    "pin_table_fkey": "a meeting is pinned to this table, or there is no such table",
    "pin_after_itself": "the meeting would come after itself",
    "plan_is_fixed": "a plan is never changed; make another one",
    "plan_one_published": "another plan of this roadshow is published",
    "plan_meeting_firm_twice": "a firm would be in two meetings at one time",
    "plan_meeting_investor_twice": "an investor would be in two meetings at one time",
    "plan_meeting_table_twice": "two meetings would be at one table at one time",
    "plan_meeting_firm_elsewhere": "a firm is in a meeting of another roadshow at this time",
    "plan_meeting_investor_elsewhere": "an investor is in a meeting of another roadshow at this time",
    "plan_pitch_slot_twice": "two firms would pitch at one time",
    "plan_pitch_has_a_slot": "a pitch is planned for a slot that is not there any more",
    "plan_pitch_firm_elsewhere": "a firm pitches or meets somebody at another roadshow at this time",
    "plan_meeting_has_a_place": "a meeting is planned for a slot or a table that is not there any more",
    "milestone_of_one": "a milestone is of a project or of a firm: name one of them",
    "milestone_says_something": "a milestone says a stage, a TRL, or both",
    "milestone_stage_of_firm": "a project has no stage; name a firm, or leave the stage out",
    "review_verdict_has_a_date": "a verdict comes with its date, and a date with its verdict",
    "review_verdict_has_an_expert": "a verdict comes with the expert who gave it",
    "review_conditions_said": "a conditional verdict comes with its conditions",
    "review_expires_after_date": "expires_on lies before date",
    "committee_quorum_range": "quorum is more than there are members",
    "decision_expires_after_date": "expires_on lies before date",
    "programme_ends_after_start": "ends_on lies before starts_on",
    "programme_quota_has_a_region": "a quota is for firms of a region; give region=",
    "stake_hold_until_after_agreed": "hold_until lies before agreed_on",
    "stake_floor_range": "floor is a percentage, at most 100",
    "stake_closed_after_agreed": "closed_on lies before agreed_on",
    "tranche_percent_range": "percent is more than 100",
    "tranche_buyer_of_sale": "only a sale has a buyer",
    "tranche_introduction_of_sale": "only a sale comes of an introduction",
    "tranche_introduction_fkey": "there is no such introduction",
    "tranche_amount_of_kind": "what is bought has a price, and what is written off brings nothing (amount=0)",
    "account_is_covered": "the programme's money does not cover this",
    "scenario_closes_after_opening": "closes_on lies before opens_on",
    "pilot_ends_after_start": "ends_on lies before starts_on",
    "pilot_result_has_a_day": "a result comes with its day (result_on=), and a day with its result",
    "pilot_result_after_start": "result_on lies before starts_on",
    "pilot_once": "the firm has another pilot at this scenario at the time",
    "mark_juror_fkey": "the expert is no juror of this competition; IMPORT juror first",
    "mark_criterion_fkey": "the competition has no such criterion; IMPORT criterion first",
    "rate_rows_stay": "rates are not deleted; set another from a later day on",
  ]

  /// Rules whose breach the schema itself explains, with the numbers at hand.
  public static let explained: Set<String> = [
    "milestone_is_reached", "review_is_of_one_firm", "review_verdict_is_fixed", "review_date_is_past",
    "review_expert_is_active", "review_expert_of_kind", "review_conflict", "review_expert_has_room",
    "decision_is_fixed", "decision_committee_is_active", "decision_date_is_past", "decision_by_members",
    "decision_one_vote_each", "decision_recusal", "decision_quorum", "decision_majority",
    "stake_evidence_missing",
    "introduction_evidence_missing", "introduction_stake_fits", "ledger_entry_balances",
    "account_follows_postings",
    "programme_fund_is_fixed", "programme_fund_is_of_the_state", "programme_budget_covers",
    "programme_period",
    "programme_sectors", "programme_loss_tolerance", "programme_quota", "stake_firm_is_active",
    "stake_is_fixed",
    "stake_is_open", "stake_is_agreed", "stake_is_closed_in_time", "juror_limit", "criterion_limit",
    "stake_floor_is_kept",
    "tranche_within_commitment", "tranche_in_order",
    "tranche_is_done",
    "tranche_is_fixed", "tranche_within_holding", "tranche_buyer_is_another", "tranche_introduction_fits",
    "firm_is_a_whole", "pilot_is_of_one_firm", "pilot_result_is_fixed", "pilot_result_is_past",
    "pilot_scenario_is_active", "pilot_in_calendar", "pilot_trl", "scenario_capacity", "competition_kind",
    "competition_is_open", "mark_of_participant", "mark_conflict",
    "introduction_questions_a_day", "introduction_answers_a_day", "wish_of_one_limit",
    "idempotency_key_limit", "introduction_revert_of_the_desk",
    "introduction_revert_untold", "introduction_revert_before_sale", "introduction_revert_of_active",
    "introduction_revert_restores",
  ]
}

extension StoreError {
  /// The named rule of the schema that was broken, and what to say of it; nil for another error.
  public var brokenRule: (rule: String, sentence: String)? {
    guard case .server(let error) = self, !error.isRetryable else { return nil }
    return error.brokenRule
  }
}

extension ServerError {
  public var brokenRule: (rule: String, sentence: String)? {
    guard let constraint else { return nil }
    if SchemaRule.explained.contains(constraint) { return (constraint, message) }
    let isKey = constraint.hasSuffix("_pkey")
    return (
      constraint,
      SchemaRule.sentences[constraint]
        ?? (isKey ? "there is one already" : "the database's rule \(constraint) forbids this")
    )
  }
}
