package main

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"onestep/policy/agents"
	"onestep/policy/analysis"
	"onestep/policy/catalog"
	"onestep/policy/checkpoint"
	"onestep/policy/figure"
	"onestep/policy/settings"

	"onestep/engine/env"
	"onestep/engine/strict"
)

// The flags of this program are written with one dash, as they always were and stand in records; kong writes them with
// two, and takes what follows a single dash for letters. longFlags rewrites the former into the latter before kong reads
// them. It knows which flags take a value, so that a value may begin with a dash.

// longFlags rewrites arguments for kong, and returns the command that they are for.
func longFlags(node *kong.Node, args []string) (long []string, command *kong.Node, err error) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return append(long, args[i:]...), node, nil
		case len(arg) < 2 || arg[0] != '-':
			if next := child(node, arg); next != nil {
				node = next
			} else if len(node.Children) > 0 {
				return nil, node, usageError{settings.Unknown("command", strings.TrimSpace(commandOf(node)+" "+arg), commandNames(node))}
			}
			long = append(long, arg)
			continue
		}
		name, value, has := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		flag := flagOf(node, name)
		valued := has || i+1 < len(args) && (!strings.HasPrefix(args[i+1], "-") || isNumber(args[i+1]))
		switch {
		case name == "help", name == "h" && (flag == nil || !valued): // mirror's -h 4 is its lookahead
			return append(long, "--help"), node, nil
		case flag == nil:
			return nil, node, noFlag(node, name)
		case has:
			long = append(long, "--"+name+"="+value)
		case flag.IsBool():
			long = append(long, "--"+name)
		case i+1 == len(args):
			return nil, node, wrongUse("%s: -%s needs a value: %s", commandOf(node), name, takes(flag.Value))
		default:
			i++
			long = append(long, "--"+name+"="+args[i])
		}
	}
	return long, node, nil
}

func isNumber(text string) bool {
	_, err := strict.Float(text)
	return err == nil
}

func child(node *kong.Node, name string) *kong.Node {
	for _, c := range node.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func commandNames(node *kong.Node) (names []string) {
	for _, c := range node.Children {
		if !c.Hidden {
			names = append(names, commandOf(c))
		}
	}
	return names
}

func flagOf(node *kong.Node, name string) *kong.Flag {
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			if f.Name == name || slices.Contains(f.Aliases, name) {
				return f
			}
		}
	}
	return nil
}

// noFlag is the error of a flag that a command does not have.
func noFlag(node *kong.Node, name string) error {
	var known []string
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			known = append(known, f.Name)
		}
	}
	if node.Parent == nil {
		return wrongUse("there is no flag -%s before a command; fpmd help lists the commands", name)
	}
	if near := settings.Nearest(name, known); near != "" {
		return wrongUse("%s: there is no flag -%s; did you mean -%s?", commandOf(node), name, near)
	}
	return wrongUse("%s: there is no flag -%s; fpmd %s -h lists them", commandOf(node), name, commandOf(node))
}

// wholeNumber reads an integer of a command line in decimal digits. kong's own reader takes what Go's source does: 010 is 8 there,
// 0x10 is 16 and 1_0 is 10.
func wholeNumber(ctx *kong.DecodeContext, target reflect.Value) error {
	token, err := ctx.Scan.PopValue("int")
	if err != nil {
		return err
	}
	text := token.String()
	if target.CanUint() {
		var n uint64
		if n, err = strconv.ParseUint(text, 10, target.Type().Bits()); err == nil {
			target.SetUint(n)
		}
	} else {
		var n int64
		if n, err = strconv.ParseInt(text, 10, target.Type().Bits()); err == nil {
			target.SetInt(n)
		}
	}
	if err != nil {
		return fmt.Errorf("expected a whole number in decimal digits but got %q", text)
	}
	return nil
}

// decimalNumber reads a number of a command line in decimal notation.
func decimalNumber(ctx *kong.DecodeContext, target reflect.Value) error {
	token, err := ctx.Scan.PopValue("float")
	if err != nil {
		return err
	}
	x, err := strict.Float(token.String())
	if err != nil {
		return fmt.Errorf("expected a number in decimal notation but got %q", token)
	}
	target.SetFloat(x)
	return nil
}

var dashes = regexp.MustCompile(`(^|\s)--(\w)`)

const longestError = 250 // bytes of an error of kong

// notOfKind is kong's error on a value that cannot be read.
var notOfKind = regexp.MustCompile(`^-([\w-]+): `)

// plainly is kong's error with flags as they are written here, behind the command. Of a value that cannot be read it says what
// there may be.
func plainly(node *kong.Node, err error) error {
	text := dashes.ReplaceAllString(err.Error(), "$1-$2")
	if len(text) > longestError { // it holds what was typed
		text = strings.ToValidUTF8(text[:longestError], "") + "…"
	}
	if m := notOfKind.FindStringSubmatch(text); m != nil && node != nil {
		if flag := flagOf(node, m[1]); flag != nil {
			if b, ok := boundsOf(flag.Value); ok {
				text += "; it takes " + b.text
			}
		}
	}
	if node == nil || node.Parent == nil {
		return fmt.Errorf("%s", text)
	}
	return fmt.Errorf("%s: %s", commandOf(node), text)
}

// names are the values that flags with these values tags take.
var names = map[string]func() []string{
	"@task":   env.Names,
	"@agent":  agents.Names,
	"@preset": catalog.PresetIDs,
	"@format": func() []string { return checkpoint.ExportFormats },
	"@theme":  func() []string { return []string{"light", "dark"} },
	"@target": func() []string { return analysis.TargetNames[:len(analysis.TargetNames)-1] }, // a drawing needs a pointer
	"@figure": func() []string { return figure.Formats },
}

// valuesOf are the names that a flag or argument takes, or nil where it takes any.
func valuesOf(v *kong.Value) []string {
	tag := v.Tag.Get("values")
	if tag == "" {
		return nil
	}
	if list := names[tag]; list != nil {
		return list()
	}
	return strings.Split(tag, ",")
}

// bounds are what a number or a time lies within; times are in nanoseconds.
type bounds struct {
	lo, hi float64
	text   string // as it is told
}

// boundsOf are those of a flag's tag; ok is false where nothing bounds it. "@shards" is the range of that setting. A seed is
// whatever its type holds.
func boundsOf(v *kong.Value) (b bounds, ok bool) {
	tag := v.Tag.Get("range")
	if name, of := strings.CutPrefix(tag, "@"); of {
		f, found := settings.Lookup(agents.Union(), name)
		return bounds{f.Min, f.Max, settings.Number(f.Min) + ".." + settings.Number(f.Max)}, found
	}
	low, high, found := strings.Cut(tag, "..")
	switch {
	case !found && v.Target.Kind() == reflect.Uint64:
		return bounds{0, math.MaxUint64, fmt.Sprintf("0..%d", uint64(math.MaxUint64))}, true
	case v.Target.Type() == reflect.TypeFor[time.Duration]():
		lo, errLo := time.ParseDuration(low)
		hi, errHi := time.ParseDuration(high)
		return bounds{float64(lo), float64(hi), tag}, found && errLo == nil && errHi == nil
	}
	lo, errLo := strconv.ParseFloat(low, 64)
	hi, errHi := strconv.ParseFloat(high, 64)
	return bounds{lo, hi, settings.Number(lo) + ".." + settings.Number(hi)}, found && errLo == nil && errHi == nil
}

// takes says what a flag's value may be.
func takes(v *kong.Value) string {
	if list := valuesOf(v); list != nil {
		return strings.Join(list, ", ")
	}
	if b, ok := boundsOf(v); ok {
		return b.text
	}
	return strings.ToLower(v.Help)
}

// explain is a flag's line of help, with what it takes.
func explain(v *kong.Value) string {
	if b, ok := boundsOf(v); ok && v.Tag.Has("range") {
		return fmt.Sprintf("%s (%s)", strings.TrimSuffix(v.Help, "."), b.text)
	}
	if list := valuesOf(v); list != nil {
		return fmt.Sprintf("%s: %s", strings.TrimSuffix(v.Help, "."), strings.Join(list, ", "))
	}
	return v.Help
}

// checkRanges refuses the first flag that was given outside its range, or another name than those that it takes.
func checkRanges(parsed *kong.Context) error {
	command := commandOf(parsed.Selected())
	given := parsed.Selected().Positional
	for _, f := range typed(parsed) {
		given = append(given, f.Value)
	}
	for _, v := range given {
		if err := check(v); v.Set && err != nil {
			return wrongUse("%s: %w", command, err)
		}
	}
	return nil
}

func check(v *kong.Value) error {
	target := v.Target
	if list := valuesOf(v); list != nil && target.Kind() == reflect.String {
		for _, name := range list {
			if name == target.String() {
				return nil
			}
		}
		if near := settings.Nearest(target.String(), list); near != "" {
			return fmt.Errorf("%s: there is no %q; did you mean %s?", dashed(v), target, near)
		}
		return fmt.Errorf("%s must be one of %s, not %q", dashed(v), strings.Join(list, ", "), target)
	}
	b, ok := boundsOf(v)
	if !ok {
		return nil
	}
	within := func(x reflect.Value) error {
		if n := x.Convert(reflect.TypeFor[float64]()).Float(); !(n >= b.lo && n <= b.hi) {
			return fmt.Errorf("-%s must lie in %s, not %v", v.Name, b.text, x)
		}
		return nil
	}
	if target.Kind() != reflect.Slice {
		return within(target)
	}
	for i := range target.Len() {
		if err := within(target.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// dashed is a flag or an argument as it is typed.
func dashed(v *kong.Value) string {
	if v.Flag != nil {
		return "-" + v.Name
	}
	return v.Name
}
