package formula

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"onestep/engine/num"
)

type kind int

const (
	end kind = iota
	number
	name
	quoted
	operator
)

type token struct {
	kind kind
	text string
	num  float64
	at   int
}

// String names the token in a message.
func (t token) String() string {
	if t.kind == end {
		return "the end"
	}
	return strconv.Quote(t.text)
}

// mistake is what is wrong with a text, and where.
type mistake struct {
	at   int
	text string
}

type parser struct {
	text  string
	scope Scope
	at    int // behind token
	token token
	depth int
	bars  int // opened by |: inside, || closes two of them
}

func (p *parser) fail(format string, args ...any) {
	panic(mistake{utf8.RuneCountInString(p.text[:p.token.at]), fmt.Sprintf(format, args...)})
}

// operators are the longest first; words stand for some.
var operators = []string{"<=", ">=", "==", "!=", "&&", "||", "**", "<", ">", "!", "+", "-", "*", "/", "^", "(", ")", "[", "]", ".", ",", "?", ":", "|"}

var words = map[string]string{"and": "&&", "or": "||", "not": "!"}

// next reads a token.
func (p *parser) next() {
	for p.at < len(p.text) && strings.ContainsRune(" \t\r\n", rune(p.text[p.at])) {
		p.at++
	}
	rest := p.text[p.at:]
	p.token = token{at: p.at}
	if rest == "" {
		return
	}
	letter := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	span := func(in func(rune) bool) string {
		if i := strings.IndexFunc(rest, func(r rune) bool { return !in(r) }); i >= 0 {
			return rest[:i]
		}
		return rest
	}
	first, _ := utf8.DecodeRuneInString(rest)
	switch {
	case first >= '0' && first <= '9' || first == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		p.token.kind, p.token.text = number, numeral(rest)
		x, err := strconv.ParseFloat(p.token.text, 64)
		if p.token.num = x; err != nil {
			p.fail("%s is not a number", p.token)
		}
	case letter(first):
		p.token.kind, p.token.text = name, span(letter)
		if op := words[p.token.text]; op != "" {
			p.token.kind, p.at = operator, p.at+len(p.token.text)-len(op)
			p.token.text = op
		}
	case first == '"' || first == '\'':
		i := strings.IndexRune(rest[1:], first)
		if i < 0 {
			p.fail("a name without its closing quote")
		}
		p.token.kind, p.token.text, p.at = quoted, rest[1:i+1], p.at+2
	default:
		i := slices.IndexFunc(operators, func(op string) bool { return strings.HasPrefix(rest, op) })
		if i < 0 {
			p.fail("%q is not expected here", first)
		}
		p.token.kind, p.token.text = operator, operators[i]
		if p.bars > 0 && p.token.text == "||" {
			p.token.text = "|"
		}
	}
	p.at += len(p.token.text)
}

// numeral is the number that a text begins with: digits, a point, an exponent.
func numeral(s string) string {
	i := 0
	digits := func() {
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
	}
	digits()
	if i < len(s) && s[i] == '.' {
		i++
		digits()
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if j < len(s) && s[j] >= '0' && s[j] <= '9' {
			i = j
			digits()
		}
	}
	return s[:i]
}

// take reads one of the operators, if it is next.
func (p *parser) take(ops ...string) (op string, ok bool) {
	if p.token.kind != operator || !slices.Contains(ops, p.token.text) {
		return "", false
	}
	op = p.token.text
	p.next()
	return op, true
}

func (p *parser) need(op string) {
	if _, ok := p.take(op); !ok {
		p.fail("%q is expected, not %s", op, p.token)
	}
}

func (p *parser) numeric(v value) func() float64 {
	n, err := v.number()
	if err != nil {
		p.fail("%v", err)
	}
	return n
}

func (p *parser) condition(v value) func() bool {
	if v.cond == nil {
		p.fail("a condition is expected, such as z < 0.7")
	}
	return v.cond
}

func (p *parser) deeper() {
	if p.depth++; p.depth > maxDepth {
		p.fail("too many expressions inside each other")
	}
}

func (p *parser) choice() value {
	p.deeper()
	defer func() { p.depth-- }()
	v := p.or()
	if _, ok := p.take("?"); !ok {
		return v
	}
	cond := p.condition(v)
	yes := p.choice()
	p.need(":")
	no := p.choice()
	if yes.cond != nil && no.cond != nil {
		a, b := yes.cond, no.cond
		return value{cond: func() bool {
			if cond() {
				return a()
			}
			return b()
		}}
	}
	a, b := p.numeric(yes), p.numeric(no)
	return value{num: func() float64 {
		if cond() {
			return a()
		}
		return b()
	}}
}

func (p *parser) or() value {
	v := p.and()
	for {
		if _, ok := p.take("||"); !ok {
			return v
		}
		a, b := p.condition(v), p.condition(p.and())
		v = value{cond: func() bool { return a() || b() }}
	}
}

func (p *parser) and() value {
	v := p.not()
	for {
		if _, ok := p.take("&&"); !ok {
			return v
		}
		a, b := p.condition(v), p.condition(p.not())
		v = value{cond: func() bool { return a() && b() }}
	}
}

func (p *parser) not() value {
	if _, ok := p.take("!"); ok {
		p.deeper()
		defer func() { p.depth-- }()
		cond := p.condition(p.not())
		return value{cond: func() bool { return !cond() }}
	}
	return p.comparison()
}

var comparisons = map[string]func(a, b func() float64) func() bool{
	"<":  func(a, b func() float64) func() bool { return func() bool { return a() < b() } },
	"<=": func(a, b func() float64) func() bool { return func() bool { return a() <= b() } },
	">":  func(a, b func() float64) func() bool { return func() bool { return a() > b() } },
	">=": func(a, b func() float64) func() bool { return func() bool { return a() >= b() } },
	"==": func(a, b func() float64) func() bool { return func() bool { return a() == b() } },
	"!=": func(a, b func() float64) func() bool { return func() bool { return a() != b() } },
}

// comparison is one, or a chain of them that all hold.
func (p *parser) comparison() value {
	v := p.sum()
	var all func() bool
	for {
		op, ok := p.take("<", "<=", ">", ">=", "==", "!=")
		if !ok {
			break
		}
		right := p.sum()
		one := comparisons[op](p.numeric(v), p.numeric(right))
		if before := all; before != nil {
			all = func() bool { return before() && one() }
		} else {
			all = one
		}
		v = right
	}
	if all != nil {
		return value{cond: all}
	}
	return v
}

func (p *parser) sum() value {
	v := p.product()
	for {
		op, ok := p.take("+", "-")
		if !ok {
			return v
		}
		a, b := p.numeric(v), p.numeric(p.product())
		if op == "+" {
			v = value{num: func() float64 { return a() + b() }}
		} else {
			v = value{num: func() float64 { return a() - b() }}
		}
	}
}

func (p *parser) product() value {
	v := p.signed()
	for {
		op, ok := p.take("*", "/")
		if !ok {
			return v
		}
		a, b := p.numeric(v), p.numeric(p.signed())
		if op == "*" {
			v = value{num: func() float64 { return a() * b() }}
		} else {
			v = value{num: func() float64 { return a() / b() }}
		}
	}
}

func (p *parser) signed() value {
	op, ok := p.take("-", "+")
	if !ok {
		return p.power()
	}
	p.deeper()
	defer func() { p.depth-- }()
	v := p.signed()
	a := p.numeric(v)
	if op == "+" {
		return value{num: a}
	}
	if v.constant != nil {
		return constant(-*v.constant)
	}
	return value{num: func() float64 { return -a() }}
}

func constant(x float64) value { return value{num: func() float64 { return x }, constant: &x} }

func (p *parser) power() value {
	v := p.atom()
	if _, ok := p.take("^", "**"); !ok {
		return v
	}
	a := p.numeric(v)
	right := p.signed()
	b := p.numeric(right)
	if right.constant != nil && *right.constant == 2 {
		return value{num: func() float64 {
			x := a()
			return x * x
		}}
	}
	return value{num: func() float64 { return num.Pow(a(), b()) }}
}

// atom is a value with what follows it: members and entries.
func (p *parser) atom() value {
	v := p.first()
	for {
		switch op, _ := p.take(".", "["); op {
		case ".":
			if p.token.kind != name {
				p.fail("a name is expected behind the point, not %s", p.token)
			}
			v = p.member(v)
		case "[":
			v = p.member(v)
			p.need("]")
		default:
			return v
		}
	}
}

// member takes the part of a list or group that the token names.
func (p *parser) member(v value) value {
	t := p.token
	if v.rest == nil {
		p.fail("a number has no parts")
	}
	g := v.rest
	switch {
	case g.List != nil && t.kind == number:
		i := int(t.num)
		if float64(i) != t.num || i < 0 || i >= g.Length {
			p.fail("the entries are 0 to %d", g.Length-1)
		}
		p.next()
		return entry(g, i)
	case t.kind != name && t.kind != quoted:
		p.fail("a whole number or a name is expected, not %s", t)
	case g.List != nil:
		i := slices.Index(g.Names, t.text)
		if i < 0 {
			p.fail("no entry is named %q; there are %s", t.text, listed(g.Names))
		}
		p.next()
		return entry(g, i)
	}
	m, ok := g.Member(t.text)
	if !ok {
		p.fail("nothing is named %q here; there are %s", t.text, listed(g.Names))
	}
	p.next()
	return of(m)
}

func entry(g *Value, i int) value {
	list := g.List
	return value{num: func() float64 { return list()[i] }}
}

// first is an atom without what follows it.
func (p *parser) first() value {
	t := p.token
	switch {
	case t.kind == number:
		p.next()
		return constant(t.num)
	case t.kind == name:
		p.next()
		if _, ok := p.take("("); ok {
			return p.call(t)
		}
		switch t.text {
		case "pi":
			return constant(math.Pi)
		case "true":
			return value{cond: func() bool { return true }}
		case "false":
			return value{cond: func() bool { return false }}
		}
		v, ok := p.scope[t.text]
		if !ok {
			p.token = t
			p.fail("no quantity is named %q; there are %s", t.text, strings.Join(p.scope.Names(), ", "))
		}
		return of(v)
	}
	op, ok := p.take("(", "|")
	if !ok {
		p.fail("a quantity or a number is expected, not %s", t)
	}
	if op == "|" {
		p.bars++
	}
	v := p.choice()
	if op == "(" {
		p.need(")")
		return v
	}
	p.bars--
	p.need("|")
	if v.rest != nil && v.rest.List != nil {
		return value{num: norm(v.rest.List)}
	}
	a := p.numeric(v)
	return value{num: func() float64 { return math.Abs(a()) }}
}

// call is a function's value; its name and opening bracket are read.
func (p *parser) call(t token) value {
	var args []value
	if _, ok := p.take(")"); !ok {
		for {
			args = append(args, p.choice())
			if _, ok := p.take(","); !ok {
				break
			}
		}
		p.need(")")
	}
	f, ok := functions[t.text]
	switch {
	case !ok:
		p.token = t
		p.fail("no function is named %q; there are %s", t.text, strings.Join(functionNames, ", "))
	case len(args) < f.least || len(args) > f.most:
		p.token = t
		p.fail("%s takes %s", t.text, f.takes)
	}
	if f.list != nil {
		if args[0].rest == nil || args[0].rest.List == nil {
			p.token = t
			p.fail("%s takes %s", t.text, f.takes)
		}
		return value{num: f.list(args[0].rest.List)}
	}
	numbers := make([]func() float64, len(args))
	for i, a := range args {
		numbers[i] = p.numeric(a)
	}
	return value{num: f.of(numbers)}
}
