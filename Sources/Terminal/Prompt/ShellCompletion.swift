/// The shells that a completion script is made for.
enum Shell: String, CaseIterable {
  case bash, zsh, fish

  /// The script. It asks the client what may stand next, so it never falls behind the command table.
  var script: String {
    switch self {
    case .bash:
      """
      # bash completion of bellwether. In ~/.bashrc: source <(bellwether completion bash)
      _bellwether() {
        local word=${COMP_WORDS[COMP_CWORD]}
        mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" completion words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        if [[ ${COMPREPLY[0]-} == :files ]]; then
          compopt -o filenames
          mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
      }
      complete -F _bellwether bellwether

      """
    case .zsh:
      """
      #compdef bellwether
      # zsh completion of bellwether. In ~/.zshrc, after compinit: source <(bellwether completion zsh)
      _bellwether() {
        local -a found
        found=("${(@f)$("${words[1]}" completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
        if [[ ${found[1]} == :files ]]; then
          _files
        elif [[ -n ${found[1]} ]]; then
          compadd -- "${found[@]}"
        fi
      }
      if [[ ${funcstack[1]} == _bellwether ]]; then
        _bellwether "$@"
      else
        compdef _bellwether bellwether
      fi

      """
    case .fish:
      """
      # fish completion of bellwether. bellwether completion fish > ~/.config/fish/completions/bellwether.fish
      function __bellwether_words
        set -l words (commandline -opc) (commandline -ct)
        set -l found ($words[1] completion words -- $words[2..-1] 2>/dev/null)
        if test "$found[1]" = :files
          __fish_complete_path (commandline -ct)
        else
          printf '%s\\n' $found
        end
      end
      complete -c bellwether -f -a '(__bellwether_words)'

      """
    }
  }
}

extension Completion {
  /// `completion SHELL`, and what its scripts ask: `completion words -- WORDS… PARTIAL`.
  enum Request {
    case script(Shell)
    case words([String])

    static let help = """
      usage: bellwether completion bash|zsh|fish

      Writes a completion script for the shell: commands, flags and the values they take.

        bash: echo 'source <(bellwether completion bash)' >> ~/.bashrc
        zsh:  echo 'source <(bellwether completion zsh)' >> ~/.zshrc
        fish: bellwether completion fish > ~/.config/fish/completions/bellwether.fish

      """

    init(_ words: [String]) throws(Failure) {
      if words.first == "words" {
        self = .words(Array(words.dropFirst()))
        return
      }
      guard words.count == 1, let shell = Shell(rawValue: words[0]) else {
        throw .usage("completion takes a shell: \(Shell.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      self = .script(shell)
    }

    func run(_ client: Client) throws -> Int32 {
      let console = client.console
      switch self {
      case .script(let shell): try console.out.write(shell.script)
      case .words(let words):
        let found = Completion.candidates(
          after: Array(words.dropLast()), partial: words.last ?? "", style: .shell,
          lookup: Lookup(client, words))
        for word in found { try console.out.write(line: word) }
      }
      return ExitStatus.done
    }
  }
}
