// Package formula compiles expressions of named quantities, such as "vx - 0.1*|a|^2" and "0.6 < z && angle < 1", to functions
// that allocate nothing.
//
//	expression = choice;  choice = or ["?" choice ":" choice];  or = and {("||" | "or") and};  and = not {("&&" | "and") not}
//	not = ("!" | "not") not | comparison;  comparison = sum {("<" | "<=" | ">" | ">=" | "==" | "!=") sum}, as 0.6 < z < 2
//	sum = product {("+" | "-") product};  product = signed {("*" | "/") signed};  signed = {"-" | "+"} power;  power = atom ["^" signed]
//	atom = number | name | name "(" expression, ... ")" | atom "." name | atom "[" whole number or "name" "]" | "(" expression ")" | "|" expression "|"
//
// |x| is the absolute value of a number and the Euclidean norm of a list; inside, || closes two bars, and or is the word. Where a number is wanted, a condition counts 1 or 0.
package formula

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// MaxLength bounds an expression, in bytes.
const MaxLength = 2000

// maxDepth bounds how deeply expressions lie in each other.
const maxDepth = 100

// Value is a quantity: a number, a list or a group, told by which of its fields are set.
type Value struct {
	Number func() float64
	List   func() []float64 // of Length numbers
	Length int
	Names  []string                        // of the list's entries, or of a group's members; an entry may have none
	Member func(name string) (Value, bool) // of a group
	Use    func()                          // called, if any, where an expression names the quantity
}

// Scope holds the quantities by their names.
type Scope map[string]Value

// Names lists the names of a scope in alphabetical order.
func (s Scope) Names() []string { return slices.Sorted(maps.Keys(s)) }

// Number compiles an expression that is a number, or a condition that counts 1 or 0. An error says where the text is wrong
// and what names there are.
func Number(text string, scope Scope) (func() float64, error) {
	v, err := compile(text, scope)
	if err != nil {
		return nil, err
	}
	n, err := v.number()
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return n, nil
}

// Condition compiles an expression that is a condition.
func Condition(text string, scope Scope) (func() bool, error) {
	v, err := compile(text, scope)
	switch {
	case err != nil:
		return nil, err
	case v.cond == nil:
		return nil, fmt.Errorf("%q is a number, not a condition such as z < 0.7", text)
	}
	return v.cond, nil
}

func compile(text string, scope Scope) (v value, err error) {
	if len(text) > MaxLength {
		return v, fmt.Errorf("an expression of %d bytes; at most %d are read", len(text), MaxLength)
	}
	p := &parser{text: text, scope: scope}
	defer func() {
		if wrong, ok := recover().(mistake); ok {
			err = fmt.Errorf("%q, character %d: %s", text, wrong.at+1, wrong.text)
		}
	}()
	p.next()
	v = p.choice()
	if p.token.kind != end {
		p.fail("%s is not expected here", p.token)
	}
	return v, nil
}

// value is a compiled part: one of number, condition, and a quantity that is neither.
type value struct {
	num      func() float64
	cond     func() bool
	rest     *Value
	constant *float64 // of a number that is written out
}

// number is the value as a number.
func (v value) number() (func() float64, error) {
	switch {
	case v.num != nil:
		return v.num, nil
	case v.cond != nil:
		cond := v.cond
		return func() float64 {
			if cond() {
				return 1
			}
			return 0
		}, nil
	case v.rest.List != nil:
		return nil, fmt.Errorf("a list of %d numbers; take one as in [0], or its |norm|, sum() or mean()", v.rest.Length)
	}
	return nil, fmt.Errorf("a group, of %s", listed(v.rest.Names))
}

func listed(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

func of(v Value) value {
	if v.Use != nil {
		v.Use()
	}
	if v.Number != nil {
		return value{num: v.Number}
	}
	return value{rest: &v}
}
