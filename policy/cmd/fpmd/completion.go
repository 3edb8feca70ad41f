package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Completion asks the program itself: each script hands over the words that were typed, and `fpmd __complete` prints what
// may stand in place of the last one. Where it prints nothing, the shell completes files. kong's companions build on a
// library for bash alone, or generate scripts that do not know names such as a task's.

// completionCommand prints a script.
type completionCommand struct {
	Shell string `arg:"" name:"shell" values:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// scripts by shell.
var scripts = map[string]string{
	"bash": `# source <(fpmd completion bash)
_fpmd() {
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _fpmd fpmd
`,
	"zsh": `#compdef fpmd
# source <(fpmd completion zsh)
_fpmd() {
  local -a found
  found=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=(${found:#})
  if (( ${#found} )); then compadd -Q -a found; else _files; fi
}
compdef _fpmd fpmd
`,
	"fish": `# fpmd completion fish | source
function __fpmd_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c fpmd -a '(__fpmd_complete)'
`,
}

// Run prints it.
func (q *completionCommand) Run(s *session) error {
	_, err := fmt.Fprint(s.stdout, scripts[q.Shell])
	return err
}

// completeCommand lists what may stand in place of the last word.
type completeCommand struct {
	Words []string `arg:"" optional:"" name:"word" help:"What was typed behind the program's name."`
}

// Run prints a candidate a line.
func (q *completeCommand) Run(s *session) error {
	for _, c := range candidates(s.parser.Model.Node, q.Words) {
		fmt.Fprintln(s.stdout, c)
	}
	return nil
}

// candidates are the commands, flags or values that begin with the last word.
func candidates(node *kong.Node, words []string) (found []string) {
	last := ""
	if len(words) > 0 {
		last = words[len(words)-1]
	}
	var flag *kong.Flag // that the last word is a value of
	placed := 0         // arguments before the last word
	for i := 0; i < len(words)-1; i++ {
		flag = nil
		word := words[i]
		name := strings.TrimLeft(word, "-")
		switch next := child(node, word); {
		case next != nil:
			node, placed = next, 0
		case name == word:
			placed++
		default:
			if flag = flagOf(node, name); flag != nil && flag.IsBool() {
				flag = nil
			}
			if flag != nil && i < len(words)-2 {
				i, flag = i+1, nil
			}
		}
	}
	for _, c := range offers(node, flag, placed, strings.HasPrefix(last, "-")) {
		if strings.HasPrefix(c, last) {
			found = append(found, c)
		}
	}
	return found
}

// offers are all words that fit: a flag's values, flags, commands, or the values of an argument.
func offers(node *kong.Node, flag *kong.Flag, placed int, dash bool) (list []string) {
	switch {
	case flag != nil:
		return valuesOf(flag.Value)
	case dash:
		for _, group := range node.AllFlags(true) {
			for _, f := range group {
				list = append(list, "-"+f.Name)
			}
		}
	case len(node.Children) > 0:
		for _, c := range node.Children {
			if !c.Hidden {
				list = append(list, c.Name)
			}
		}
	case placed < len(node.Positional):
		list = valuesOf(node.Positional[placed])
	}
	return list
}
