package modelfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fixture is a model that holds the element of the given way with the given attributes, and what that needs to be judged.
func fixture(way, attrs string) string {
	parts := strings.Split(way, "/")
	needs := map[string]string{"body/geom": `size="1"`, "body/joint": `axis="0 1 0" armature="1"`, "body/inertial": `mass="1" diaginertia="1 1 1" pos="0 0 0"`,
		"contact/exclude": `body1="arm" body2="world"`, "contact/pair": `geom1="a" geom2="b"`, "default/geom": `size="1"`, "equality/joint": `joint1="hinge"`,
		"equality/tendon": `tendon1="rope"`, "equality/connect": `body1="arm" anchor="0 0 0"`, "equality/weld": `body1="arm"`, "tendon/fixed/joint": `joint="hinge" coef="1"`,
		"tendon/spatial/site": `site="tip"`}[way]
	if parts[0] == "actuator" && len(parts) > 1 {
		needs = `joint="hinge" ctrlrange="0 1"`
		if strings.HasPrefix(attrs, "jointinparent") || strings.HasPrefix(attrs, "tendon") || strings.HasPrefix(attrs, "site") {
			needs = `ctrlrange="0 1"`
		}
	}
	text := fmt.Sprintf("<%s %s %s/>", parts[len(parts)-1], without(needs, attrs), attrs)
	if parts[0] == "equality" && strings.HasPrefix(attrs, "site") {
		text = fmt.Sprintf("<%s %s %s/>", parts[1], without(`site1="tip" site2="tip"`, attrs), attrs)
	}
	if way == "tendon/fixed" {
		text = strings.Replace(text, "/>", `><joint joint="hinge" coef="1"/></fixed>`, 1)
	}
	switch way { // a string has two sites
	case "tendon/spatial":
		text = strings.Replace(text, "/>", `><site site="tip"/><site site="tip"/></spatial>`, 1)
	case "tendon/spatial/site":
		text = `<site site="tip"/>` + text
	}
	root, inside, beside := "", "", ""
	switch {
	case way == "mujoco":
		root = attrs
	case way == "worldbody":
		beside = strings.Replace(text, "/>", "></worldbody>", 1)
	case way == "body" || parts[0] == "body":
		for i := len(parts) - 2; i > 0; i-- {
			text = fmt.Sprintf("<%s>%s</%[1]s>", parts[i], text)
		}
		inside = text
	default:
		for i := len(parts) - 2; i >= 0; i-- {
			text = fmt.Sprintf("<%s>%s</%[1]s>", parts[i], text)
		}
		beside = text
	}
	return fmt.Sprintf(`<mujoco %s>%s<worldbody><body name="arm"><joint name="hinge" axis="0 1 0"/><geom name="a" size="0.1"/><geom name="b" size="0.1"/><site name="tip"/>%s</body></worldbody>
<tendon><fixed name="rope"><joint joint="hinge" coef="1"/></fixed></tendon><equality><joint joint1="hinge"/></equality><contact><pair geom1="a" geom2="b"/></contact>
<actuator><motor joint="hinge" ctrlrange="0 1"/></actuator></mujoco>`, root, beside, inside)
}

// without drops from needs the attribute that attrs gives.
func without(needs, attrs string) string {
	name, _, _ := strings.Cut(attrs, "=")
	var kept []string
	for rest := needs; rest != ""; {
		i := strings.Index(rest, `="`)
		end := i + 2 + strings.Index(rest[i+2:], `"`) + 1
		if strings.TrimSpace(rest[:i]) != name {
			kept = append(kept, strings.TrimSpace(rest[:end]))
		}
		rest = strings.TrimSpace(rest[end:])
	}
	return strings.Join(kept, " ")
}

// The reader does with every element and attribute what the rules say: what is read it reads (a value that makes no sense is
// an error), what is still changes nothing, what is noted is in the notes, what is refused and what is in no line is an
// error that names it.
func TestRules(t *testing.T) {
	text := func(attr string) bool { return attr == "name" || attr == "model" || attr == "class" }
	for way, rule := range ruleOf {
		if rule.refused {
			_, err := Parse("m.xml", []byte(fixture(way, "")), Options{})
			assert.Error(t, err, way)
			continue
		}
		if way == "body/replicate" || refusedAbove(way) {
			continue
		}
		_, err := Parse("m.xml", []byte(fixture(way, `zzz="1"`)), Options{})
		assert.ErrorContains(t, err, "attribute zzz is unknown", way)
		plain, err := Parse("m.xml", []byte(fixture(way, "")), Options{})
		require.NoError(t, err, way)
		for attr, f := range rule.attrs {
			value := "?"
			if f.word == "refuse" || f.word == "noted" {
				value = "7"
			}
			got, err := Parse("m.xml", []byte(fixture(way, fmt.Sprintf("%s=%q", attr, value))), Options{})
			what := way + " " + attr
			switch {
			case f.word == "read" && text(attr):
			case f.word == "read":
				if assert.Error(t, err, what) {
					assert.True(t, strings.Contains(err.Error(), attr) || strings.Contains(err.Error(), `"?"`), "%s: %v", what, err)
				}
			case f.word == "refuse":
				assert.ErrorContains(t, err, attr, what)
			case f.word == "noted":
				require.NoError(t, err, what)
				assert.Contains(t, strings.Join(got.Notes, "\n"), "attribute "+attr, what)
			default:
				require.NoError(t, err, what)
				assert.Equal(t, plain.Model.Spec, got.Model.Spec, what)
			}
		}
	}
}

func refusedAbove(way string) bool {
	for i, r := range way {
		if r == '/' && ruleOf[way[:i]] != nil && ruleOf[way[:i]].refused {
			return true
		}
	}
	return false
}
