package modelfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/modelfile"
)

// bodyWith is a model of one hinged body with extra lines inside it, the first of them on line 5.
func bodyWith(inside string) string {
	return "<mujoco model=\"m\">\n<worldbody>\n<body name=\"arm\">\n<joint name=\"hinge\" axis=\"0 1 0\"/>\n" + inside +
		"\n<geom name=\"rod\" type=\"capsule\" fromto=\"0 0 0 1 0 0\" size=\"0.1\"/>\n</body>\n</worldbody>\n</mujoco>\n"
}

// beside is the same body with extra lines in the root, the first of them on line 2.
func beside(root string) string {
	return "<mujoco>\n" + root + "\n<worldbody><body name=\"arm\"><joint name=\"hinge\" axis=\"0 1 0\"/>" +
		"<geom name=\"rod\" type=\"capsule\" fromto=\"0 0 0 1 0 0\" size=\"0.1\"/></body></worldbody></mujoco>"
}

func parse(text string) (*modelfile.File, error) {
	return modelfile.Parse("robot.xml", []byte(text), modelfile.Options{})
}

// What cannot be represented is refused with file, line, element and name.
func TestRefusals(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"free joint", bodyWith(`<freejoint name="f"/>`), `robot.xml:5: freejoint "f": free joints`},
		{"free type", bodyWith(`<joint name="f" type="free"/>`), `robot.xml:5: joint "f": free joints`},
		{"ball joint", bodyWith(`<joint name="b" type="ball"/>`), `robot.xml:5: joint "b": ball joints`},
		{"3-D axis", bodyWith("\n<joint name=\"skew\" axis=\"0 1 1\"/>"), `robot.xml:6: joint "skew": the hinge's axis is not across`},
		{"first axis skew", strings.Replace(bodyWith(""), "0 1 0", "1 1 0", 1), `robot.xml:4: joint "hinge": a hinge about`},
		{"slide out of plane", bodyWith(`<joint name="s" type="slide" axis="0 1 0"/>`), `robot.xml:5: joint "s": the slide leaves`},
		{"mesh", bodyWith(`<geom name="hull" type="mesh" mesh="h"/>`), `robot.xml:5: geom "hull": geoms of type mesh`},
		{"tendon", beside(`<tendon><spatial name="cable"><geom geom="tip"/></spatial></tendon>`), `robot.xml:2: geom: cannot be represented`},
		{"string", beside(`<tendon><spatial name="cable"><site site="tip"/></spatial></tendon>`), `robot.xml:2: site: there is no site "tip"`},
		{"tendon of nothing", beside(`<tendon><fixed name="cable"><joint joint="knee"/></fixed></tendon>`), `robot.xml:2: joint: there is no joint "knee"`},
		{"equality of nothing", beside(`<equality><joint joint1="knee"/></equality>`), `robot.xml:2: joint: joint1: there is no joint "knee"`},
		{"equality", beside(`<equality><weld name="glue" body1="arm" relpose="0 0 0 1 1 0 0"/></equality>`), `robot.xml:2: weld "glue": it holds a turn out of the plane of motion`},
		{"weld of nothing", beside(`<equality><weld name="glue" body1="leg"/></equality>`), `robot.xml:2: weld "glue": body1: there is no body "leg"`},
		{"pair of one", beside(`<contact><pair name="p" geom1="rod" geom2="rod"/></contact>`), `robot.xml:2: pair "p": a geom with itself`},
		{"pair of nothing", beside(`<contact><pair name="p" geom1="rod" geom2="wheel"/></contact>`), `robot.xml:2: pair "p": geom2: there is no geom "wheel"`},
		{"collision", beside(`<option collision="some"/>`), `attribute collision: "some" is none of all, dynamic, predefined`},
		{"push that brakes", bodyWith(`<site name="nozzle"/></body></worldbody><actuator><velocity name="jet" site="nozzle"/></actuator><worldbody><body>`), `"jet": a push at a site that depends on velocity`},
		{"push at nothing", bodyWith(`</body></worldbody><actuator><motor name="jet" site="nozzle"/></actuator><worldbody><body>`), `"jet": there is no site "nozzle"`},
		{"push and limit", bodyWith(`<joint name="j" axis="0 1 0" actuatorfrcrange="-1 1"/><site name="nozzle"/></body></worldbody><actuator><motor name="jet" site="nozzle"/></actuator><worldbody><body>`), `"jet": a push at a site together with actuatorfrcrange (joint "j")`},
		{"spring without damper", bodyWith(`<joint name="j" axis="0 1 0" springdamper="0.1 0"/>`), `joint "j": springdamper: both numbers must be positive`},
		{"springs off", beside(`<option><flag spring="disable"/></option><default><joint springdamper="0.1 1"/></default><worldbody><body><joint name="j" axis="0 1 0"/></body></worldbody>`), `joint "j": springdamper without springs or dampers`},
		{"weight of a fused body", beside(`<compiler fusestatic="true"/><worldbody><body name="box" gravcomp="1"/></worldbody>`), `body "box": gravcomp of a body without joints together with fusestatic cannot be represented`},
		{"unknown section", beside(`<muscles/>`), `robot.xml:2: muscles: unknown here`},
		{"unknown element", bodyWith(`<wheel name="w"/>`), `robot.xml:5: wheel "w": unknown here`},
		{"unknown attribute", bodyWith(`<geom name="g" size="1" colour="red"/>`), `robot.xml:5: geom "g": attribute colour`},
		{"elliptic", beside(`<option cone="elliptic" noslip_iterations="3"/>`), `noslip_iterations with elliptic cones cannot be represented`},
		{"cone", beside(`<option cone="round"/>`), `attribute cone: "round" is none of`},
		{"integrator", beside(`<option integrator="midpoint"/>`), `robot.xml:2: option: attribute integrator: "midpoint" is none of`},
		{"wind", beside(`<option wind="1 0 0"/>`), `robot.xml:2: option: attribute wind`},
		{"bad flag", beside("<option>\n<flag contact=\"off\"/></option>"), `robot.xml:3: flag: attribute contact: "off"`},
		{"no passive", beside(`<option><flag passive="disable"/></option>`), `flag: attribute passive="disable"`},
		{"global coordinates", beside(`<compiler coordinate="global"/>`), `robot.xml:2: compiler: coordinate="global"`},
		{"euler sequence", beside(`<compiler eulerseq="xyw"/>`), `eulerseq "xyw"`},
		{"condim 4", bodyWith(`<geom name="g" size="1" condim="4"/>`), `geom "g": condim 4`},
		{"tilted capsule", bodyWith(`<geom name="g" type="capsule" fromto="0 0 0 1 1 0" size="0.1"/>`), `geom "g": its axis neither`},
		{"moving plane", bodyWith(`<geom name="g" type="plane" size="1 1 1"/>`), `geom "g": a plane on a body that moves`},
		{"no size", bodyWith(`<geom name="g" type="capsule" size="0.1"/>`), `geom "g": attribute size: 0 is not positive; a capsule needs 2`},
		{"negative size", bodyWith(`<geom name="g" size="-1"/>`), `attribute size: -1 is not positive`},
		{"two orientations", bodyWith(`<geom name="g" size="1" euler="0 0 0" quat="1 0 0 0"/>`), `more than one orientation`},
		{"zero quaternion", bodyWith(`<geom name="g" size="1" quat="0 0 0 0"/>`), `attribute quat: zero`},
		{"not a number", bodyWith(`<geom name="g" size="wide"/>`), `attribute size: "wide" is not a usable number`},
		{"NaN", bodyWith(`<geom name="g" size="nan"/>`), `"nan" is not a usable number`},
		{"too many numbers", bodyWith(`<geom name="g" size="1" pos="1 2 3 4"/>`), `attribute pos: 4 numbers, not 3`},
		{"empty range", bodyWith(`<joint name="j" axis="0 1 0" limited="true" range="1 -1"/>`), `joint "j": attribute limited: limited without a range`},
		{"negative damping", bodyWith(`<joint name="j" axis="0 1 0" damping="-1"/>`), `joint "j": stiffness, damping, armature`},
		{"solref", bodyWith(`<geom name="g" size="1" solref="0.02 -1"/>`), `solref mixes`},
		{"no class", bodyWith(`<geom name="g" class="blue" size="1"/>`), `geom "g": class "blue" does not exist`},
		{"element twice in a default", beside("<default><motor gear=\"2\"/>\n<motor gear=\"3\"/></default>"), `robot.xml:3: motor: a second motor in one default`},
		{"class twice", beside("<default>\n<default class=\"a\"/>\n<default class=\"a\"/></default>"), `robot.xml:4: default: class "a" is there already`},
		{"names twice", bodyWith(`<joint name="hinge" axis="0 1 0"/>`), `robot.xml:5: joint "hinge": a second joint`},
		{"no such joint", beside(`<actuator><motor name="m" joint="knee"/></actuator>`), `robot.xml:2: motor "m": there is no joint "knee"`},
		{"tendon motor", beside(`<actuator><motor name="m" tendon="t"/></actuator>`), `motor "m": there is no tendon "t"`},
		{"muscle", beside(`<actuator><muscle name="m" joint="hinge"/></actuator>`), `muscle "m": cannot be represented`},
		{"dynamics", beside(`<actuator><general name="m" joint="hinge" dyntype="filter"/></actuator>`), `general "m": dyntype="filter"`},
		{"no such body", beside(`<contact><exclude name="x" body1="arm" body2="leg"/></contact>`), `exclude "x": body2: there is no body "leg"`},
		{"world joint", "<mujoco><worldbody>\n<joint name=\"j\"/></worldbody></mujoco>", `robot.xml:2: joint "j": the world has no joints`},
		{"mocap", bodyWith(`<body name="hand" mocap="true"/>`), `body "hand": a mocap body has no joints and is a child of the world`},
		{"massless", "<mujoco><worldbody><body><joint name=\"j\" axis=\"0 1 0\"/></body></worldbody></mujoco>", `joint "j" moves no mass`},
		{"mass of geoms only", beside(`<compiler inertiafromgeom="false"/>`), `body "arm": no inertial element`},
		{"inertial without mass", bodyWith(`<inertial pos="0 0 0"/>`), `inertial: without a mass`},
		{"not XML", "<mujoco><worldbody></mujoco>", `robot.xml:1: not well-formed XML`},
		{"empty", "", `robot.xml: no XML element`},
		{"not MJCF", "<sdf name=\"r\"/>", `sdf "r": the root element is not mujoco`},
		{"URDF", "<robot name=\"r\"/>", `robot "r": this is URDF`},
		{"timestep", beside(`<option timestep="0"/>`), `option: timestep`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(c.text)
			require.Error(t, err)
			assert.ErrorContains(t, err, c.want)
			var e *modelfile.Error
			require.ErrorAs(t, err, &e)
		})
	}
}

// Includes: their files are sought beside the main file, then beside the file that they are in, by any path that leads there,
// and may have any root element. What a comment holds is no include.
func TestIncludes(t *testing.T) {
	arm := `<top><worldbody><body><joint axis="0 0 1"/><geom class="rod" fromto="0 0 0 1 0 0"/></body></worldbody></top>`
	rod := `<mujoco><default><default class="rod"><geom type="capsule" size="0.2"/></default></default></mujoco>`
	cases := []struct{ name, main, inner, rod, want string }{
		{name: "beside the including file", main: "parts/arm.xml", inner: "../rod.xml", rod: "rod.xml"},
		{name: "beside the main file first", main: "./parts/arm.xml", inner: "parts/rod.xml", rod: "parts/rod.xml"},
		{name: "backslashes", main: `parts\arm.xml`, inner: `..\rod.xml`, rod: "rod.xml"},
		{name: "entities", main: "parts/arm&#46;xml", inner: "&#x72;od.xml", rod: "rod.xml"},
		{name: "an absolute path", main: "/home/parts/arm.xml", inner: "/home/rod.xml", rod: "/home/rod.xml"},
		{name: "a folder above", main: "parts/arm.xml", inner: "../../rod.xml", rod: "../rod.xml"},
		{name: "absent", main: "parts/arm.xml", inner: "../rod.xml", rod: "bar.xml", want: "parts/arm.xml:1: include: ../rod.xml: not among the given files"},
		{name: "itself", main: "parts/arm.xml", inner: "main.xml", rod: "rod.xml", want: "parts/arm.xml:1: include: main.xml: included twice"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			armAt := "parts/arm.xml"
			if strings.HasPrefix(c.main, "/") {
				armAt = c.main
			}
			files := modelfile.Files{
				"main.xml": []byte(`<mujoco><!-- <include file="sky.xml"/> --><include file="` + c.main + `"/></mujoco>`),
				armAt:      []byte(strings.Replace(arm, "<top>", `<top><include file="`+c.inner+`"/>`, 1)),
				c.rod:      []byte(rod),
			}
			f, err := modelfile.Load(files, "main.xml", modelfile.Options{})
			if c.want != "" {
				assert.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, 0.2, f.Model.Geoms[0].Radius)
		})
	}
	_, err := modelfile.Load(modelfile.Files{}, "absent.xml", modelfile.Options{})
	assert.ErrorContains(t, err, `absent.xml: not among the given files`)
	for text, want := range map[string]string{
		`<include/>`: "include: without a file",
		`<include file="b.xml"><geom/></include>`:        "no elements inside",
		`<include file="b.xml"/><include file="b.xml"/>`: "included twice",
		`<include file="empty.xml"/>`:                    "empty.xml:1: mujoco: an included file without elements",
		`<include file="torn.xml"/>`:                     "torn.xml:1: not well-formed XML",
	} {
		files := modelfile.Files{"a.xml": []byte("<mujoco>" + text + "</mujoco>"), "b.xml": []byte(`<x><size/></x>`),
			"empty.xml": []byte("<mujoco/>"), "torn.xml": []byte("<mujoco>")}
		_, err := modelfile.Load(files, "a.xml", modelfile.Options{})
		assert.ErrorContains(t, err, want, text)
	}
}

// On the machine's disk an include leads out of the main file's folder.
func TestIncludesOnDisk(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "deep"), 0o755))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write("option.xml", `<mujoco><option gravity="0 0 -3"/></mujoco>`)
	for _, include := range []string{"../option.xml", filepath.Join(dir, "option.xml")} {
		write("deep/m.xml", strings.Replace(bodyWith(""), "<worldbody>", `<include file="`+include+`"/><worldbody>`, 1))
		f, err := modelfile.Load(modelfile.Disk{}, filepath.ToSlash(filepath.Join(dir, "deep", "m.xml")), modelfile.Options{})
		require.NoError(t, err, include)
		assert.Equal(t, -3.0, f.Model.Option.Gravity[1])
	}
}

// Of files that are dropped together, the first is the model that no other includes; folders of a drop are lost.
func TestFirstFile(t *testing.T) {
	model := func(include string) []byte {
		return []byte(`<mujoco>` + include + bodyWith("")[len("<mujoco model=\"m\">"):])
	}
	part := []byte(`<mujoco><option gravity="0 0 -3"/></mujoco>`)
	cases := []struct {
		name  string
		files modelfile.Files
		want  string // the first file, or what the error says
	}{
		{"one", modelfile.Files{"m.xml": model("")}, "m.xml"},
		{"with a part", modelfile.Files{"opt.xml": part, "z.xml": model(`<include file="./parts/opt.xml"/>`)}, "z.xml"},
		{"with a folder above", modelfile.Files{"opt.xml": part, "z.xml": model(`<include file="..\parts\opt.xml"/>`)}, "z.xml"},
		{"a part that nobody includes", modelfile.Files{"p.xml": []byte("<mujocoinclude/>"), "z.xml": model("")}, "z.xml"},
		{"a comment", modelfile.Files{"m.xml": model(`<!-- <include file="./common/sky.xml"/> -->`)}, "m.xml"},
		{"two models", modelfile.Files{"a.xml": model(""), "b.xml": model("")}, "a.xml and b.xml are models of their own"},
		{"a circle", modelfile.Files{"a.xml": model(`<include file="b.xml"/>`), "b.xml": model(`<include file="a.xml"/>`)}, "none is the first"},
		{"no model", modelfile.Files{"a.xml": []byte("<a/>"), "b.xml": []byte("<b/>")}, "none of the files has the root element mujoco"},
		{"a torn one", modelfile.Files{"a.xml": []byte("<a>"), "b.xml": model("")}, "a.xml:1: not well-formed XML"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			name, err := c.files.Main()
			if err != nil {
				assert.ErrorContains(t, err, c.want)
				return
			}
			assert.Equal(t, c.want, name)
			f, err := modelfile.Load(c.files, name, modelfile.Options{})
			require.NoError(t, err)
			if len(c.files) == 2 && c.files["opt.xml"] != nil {
				assert.Equal(t, -3.0, f.Model.Option.Gravity[1])
			}
		})
	}
}

// What MuJoCo's parser takes is read, and what it refuses is refused: found out with MuJoCo 3.3.8.
func TestXML(t *testing.T) {
	whole := bodyWith(`<site name="tip"/>`)
	head := "<mujoco model=\"m\">"
	for name, text := range map[string]string{
		"two hyphens in a comment": strings.Replace(whole, head, head+"<!-- --- arm --- -->", 1),
		"Latin-1 declared":         `<?xml version="1.0" encoding="ISO-8859-1"?>` + whole,
		"Latin-1":                  strings.Replace(whole, head, "<mujoco model=\"\xe9\">", 1),
		"ASCII":                    `<?xml version="1.0" encoding="US-ASCII"?>` + whole,
		"XML 1.1":                  `<?xml version="1.1"?>` + whole,
		"a mark of byte order":     "\xef\xbb\xbf" + whole,
		"an entity":                strings.Replace(whole, `"m"`, `"a&nbsp;b & c&#233;&#xZ;"`, 1),
		"< in an attribute":        strings.Replace(whole, `"m"`, `"a<b>"`, 1),
		"single quotes":            strings.Replace(whole, `"m"`, `'a"b'`, 1),
		"no space between":         strings.Replace(whole, `name="hinge" axis`, `name="hinge"axis`, 1),
		"a NUL at the end":         whole + "\x00rest",
		"CDATA and a doctype":      "<!DOCTYPE mujoco>" + strings.Replace(whole, head, head+"<![CDATA[ <x> ]]> text ", 1),
		"a second root":            whole + "<other/>",
		"spaces in tags":           strings.Replace(strings.Replace(whole, "<site ", "<  site ", 1), "</body>", "</body >", 1),
		"hexadecimal":              strings.Replace(whole, `size="0.1"`, `size="0x1p-3"`, 1),
		"hexadecimal, whole":       strings.Replace(whole, `size="0.1"`, `size="0x1"`, 1),
	} {
		f, err := parse(text)
		if assert.NoError(t, err, name) {
			assert.Equal(t, "tip", f.Model.Sites[0].Name, name)
		}
	}
	for name, c := range map[string][2]string{
		"UTF-16":           {"\xff\xfe<\x00m\x00", "the text is UTF-16"},
		"UTF-16, no mark":  {"<\x00m\x00", "the text is UTF-16"},
		"UTF-16, decoded":  {"\u00fe\u00ff", "the text is UTF-16"},
		"Git LFS":          {"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "a pointer of Git LFS"},
		"attributes twice": {strings.Replace(whole, head, head+`<option timestep="1" timestep="1"/>`, 1), "attribute timestep is there twice"},
		"underscores":      {strings.Replace(whole, `size="0.1"`, `size="1_0"`, 1), `"1_0" is not a usable number`},
		"a comma":          {strings.Replace(whole, `size="0.1"`, `size="0.1,"`, 1), `"0.1," is not a usable number`},
		"too large":        {strings.Replace(whole, `size="0.1"`, `size="1e999"`, 1), `"1e999" is not a usable number`},
		"no end":           {strings.TrimSuffix(strings.TrimSpace(whole), "</mujoco>"), `robot.xml:1: not well-formed XML: "mujoco" does not end`},
		"another end":      {"<mujoco>\n<a></b></mujoco>", `robot.xml:2: not well-formed XML: the end of "b" does not fit`},
		"an open comment":  {"<mujoco>\n<!-- </mujoco>", "<!-- without -->"},
		"no quotes":        {"<mujoco model=m/>", "attribute model without quotes"},
		"an open quote":    {"<mujoco model=\"m/>", "attribute model does not end"},
		"no value":         {"<mujoco model/>", "without a name or a value"},
		"no name":          {"<mujoco><1/></mujoco>", "< without a name"},
		"text at the end":  {whole + "rest", "text after the last element"},
	} {
		_, err := parse(c[0])
		assert.ErrorContains(t, err, c[1], name)
	}
}

// Files made to exhaust memory or the stack end in errors.
func TestBounds(t *testing.T) {
	deep := "<mujoco><worldbody>" + strings.Repeat("<body>", 5000)
	_, err := parse(deep)
	assert.ErrorContains(t, err, "nested deeper")
	wide := "<mujoco><worldbody>" + strings.Repeat("<geom size='1'/>", 30000) + "</worldbody></mujoco>"
	_, err = parse(wide)
	assert.ErrorContains(t, err, "elements")
	long := "<mujoco><!--" + strings.Repeat("x", 5<<20) + "--></mujoco>"
	_, err = parse(long)
	assert.ErrorContains(t, err, "longer than")
	balls := "<mujoco><worldbody>" + strings.Repeat(`<body><joint axis="0 1 0"/><geom size="1"/></body>`, 200) + "</worldbody></mujoco>"
	_, err = parse(balls)
	assert.ErrorContains(t, err, "pairs of geoms")
}

// Defaults: nested classes begin with what encloses them, childclass reaches down, the element's own class wins, short
// lists keep the tail of the default.
func TestDefaults(t *testing.T) {
	f, err := parse(`<mujoco><compiler angle="radian"/>
<default><geom density="500" solimp="0.8"/><joint damping="1"/>
 <default class="leg"><joint damping="2" armature="3"/><geom friction="0.7"/>
  <default class="toe"><joint armature="4"/></default></default></default>
<worldbody><body childclass="leg"><joint name="a" axis="0 1 0"/><geom size="0.1"/>
 <body><joint name="b" class="toe" axis="0 1 0"/><geom class="main" size="0.1"/>
  <body childclass="toe"><joint name="c" axis="0 1 0" damping="9"/><geom size="0.1" solimp="0.7 0.71"/></body></body></body></worldbody></mujoco>`)
	require.NoError(t, err)
	j, g := f.Model.Joints, f.Model.Geoms
	assert.Equal(t, []float64{2, 3, 2, 4, 9, 4},
		[]float64{j[0].Damping, j[0].Armature, j[1].Damping, j[1].Armature, j[2].Damping, j[2].Armature})
	assert.Equal(t, []float64{0.7, 1, 0.7}, []float64{g[0].Friction, g[1].Friction, g[2].Friction})
	assert.Equal(t, [5]float64{0.8, 0.95, 0.001, 0.5, 2}, g[1].SolImp)
	assert.Equal(t, [5]float64{0.7, 0.71, 0.001, 0.5, 2}, g[2].SolImp)
}

// The same rod by every way to give an orientation.
func TestOrientations(t *testing.T) {
	for _, how := range []string{`fromto="0.8 0 0.6 -0.8 0 -0.6" size="0.1"`,
		`size="0.1 1" zaxis="0.8 0 0.6"`, `size="0.1 1" axisangle="0 1 0 53.13010235415598"`,
		`size="0.1 1" euler="0 53.13010235415598 0"`, `size="0.1 1" quat="0.894427190999916 0 0.447213595499958 0"`,
		`size="0.1 1" xyaxes="0.6 0 -0.8 0 1 0"`} {
		f, err := parse(fmt.Sprintf(`<mujoco><worldbody><body><joint axis="0 1 0"/><geom type="capsule" %s/></body></worldbody></mujoco>`, how))
		require.NoError(t, err, how)
		g := f.Model.Geoms[0]
		assert.InDeltaSlice(t, []float64{0.8, 0.6, 1}, []float64{g.Axis[0], g.Axis[1], g.HalfLength}, 1e-12, how)
	}
}

// A body may be turned in space as long as its axes fit: the same pendulum in three planes has the same dynamics.
func TestPlanes(t *testing.T) {
	texts := []string{
		`<mujoco><worldbody><body><joint axis="0 -1 0"/><geom type="capsule" fromto="0 0 0 1 0 0" size="0.1"/></body></worldbody></mujoco>`,
		`<mujoco><option gravity="0 -9.81 0"/><worldbody><body><joint axis="0 0 1"/><geom type="capsule" fromto="0 0 0 1 0 0" size="0.1"/></body></worldbody></mujoco>`,
		`<mujoco><worldbody><body><joint axis="1 0 0"/><geom type="capsule" fromto="0 0 0 0 1 0" size="0.1"/></body></worldbody></mujoco>`,
		`<mujoco><worldbody><body euler="90 0 0"><joint axis="0 0 1"/><geom type="capsule" fromto="0 0 0 1 0 0" size="0.1"/></body></worldbody></mujoco>`,
		`<mujoco><worldbody><frame euler="0 0 180"><body><joint axis="0 1 0"/><geom type="capsule" fromto="0 0 0 -1 0 0" size="0.1"/></body></frame></worldbody></mujoco>`,
		`<mujoco><compiler inertiafromgeom="false" angle="radian"/><worldbody><body><inertial pos="0.5 0 0" mass="35.604716740684324" diaginertia="9 3.9175660390264717 9"/><joint axis="0 -1 0"/></body></worldbody></mujoco>`,
	}
	for i, text := range texts {
		f, err := parse(text)
		require.NoError(t, err, "%d", i)
		b := f.Model.Bodies[1]
		if i < 5 {
			assert.InDelta(t, 35.604716740684324, b.Mass, 1e-12, "%d", i)
			assert.InDelta(t, 3.9175660390264717, b.Inertia, 1e-12, "%d", i)
		}
		require.Equal(t, 1.0, f.Model.Joints[0].Sign, "%d", i)
		assert.InDelta(t, -9.81, f.Model.Option.Gravity[1], 1e-12, "%d", i)
		at := b.COM[0]
		assert.InDelta(t, 0.5, at, 1e-12, "%d", i)
	}
}

// Which pairs touch: explicit ones before 3.0 could be all or none; MuJoCo 3.3.8 refuses the attribute and takes both kinds. Two
// frictions along the ground differ where one number is given, since the other keeps its default.
func TestPairs(t *testing.T) {
	body := func(option, pair string) string {
		return "<mujoco>" + option + `<worldbody><geom name="floor" type="plane" size="1 1 1"/><body><joint type="slide" axis="0 0 1"/><geom name="a" size="0.1"/><geom name="b" size="0.1"/></body></worldbody><contact>` + pair + `</contact></mujoco>`
	}
	for _, c := range []struct {
		option, pair string
		friction     []float64 // of the pairs that touch
	}{
		{``, `<pair geom1="a" geom2="floor" friction="2 2"/>`, []float64{2, 1}},
		{`<option collision="all"/>`, `<pair geom1="a" geom2="floor" friction="2 2"/>`, []float64{2, 1}},
		{`<option collision="predefined"/>`, `<pair geom1="floor" geom2="a" friction="2 2"/>`, []float64{2}},
		{`<option collision="dynamic"/>`, `<pair geom1="a" geom2="floor" friction="2 2"/>`, []float64{1, 1}},
		{``, `<pair geom1="a" geom2="b" friction="3 3"/><exclude body1="world" body2="world"/>`, []float64{3, 1, 1}},
	} {
		f, err := parse(body(c.option, c.pair))
		require.NoError(t, err, c.pair)
		var got []float64
		for _, p := range f.Model.Pairs {
			got = append(got, p.Friction)
		}
		assert.Equal(t, c.friction, got, "%s %s", c.option, c.pair)
	}
	_, err := parse(body("", `<pair geom1="a" geom2="floor" friction="0.5"/>`))
	assert.ErrorContains(t, err, "friction of 0.5 and 1 along two directions cannot be represented")
	_, err = parse(body("", `<pair geom1="a" geom2="floor" solreffriction="0.1 1"/>`))
	assert.ErrorContains(t, err, "solreffriction cannot be represented")
	_, err = parse(body("", `<pair geom1="a" geom2="floor" condim="4"/>`))
	assert.ErrorContains(t, err, "condim 4")
}

// What has no effect here but may be missed is noted, each once.
func TestNotes(t *testing.T) {
	f, err := parse(beside(`<option solver="CG" iterations="3"/><worldbody><geom name="block" type="ellipsoid" size="1 1 1"/><geom type="ellipsoid" size="1 1 1"/></worldbody>`))
	require.NoError(t, err)
	notes := strings.Join(f.Notes, "\n")
	require.Len(t, f.Notes, 3, notes)
	assert.Contains(t, notes, "attribute solver is left out: the solver here runs to convergence")
	assert.Contains(t, notes, `capsules and ellipsoids pass through each other here, as geoms "rod" and "block" do`)
	f, err = parse(beside(`<worldbody><geom name="floor" type="box" size="1 1 1"/><body><joint type="slide"/><geom name="cart" type="box" size="1 1 1"/><geom type="box" size="1 1 1" euler="10 20 30"/></body></worldbody>`))
	require.NoError(t, err)
	notes = strings.Join(f.Notes, "\n")
	require.Len(t, f.Notes, 2, notes)
	assert.Contains(t, notes, `which decides by rounding, where they overlap by less than 0.1 mm, are only within their margin or are equally wide across the plane: geoms "floor" and "cart"`)
	assert.Contains(t, notes, "boxes and boxes pass through each other here")
	f, err = parse(bodyWith(`<geom name="hull" type="mesh" mesh="h" contype="0" conaffinity="0" density="0"/>`))
	require.NoError(t, err)
	assert.Equal(t, []string{`robot.xml:5: geom "hull": a mesh that neither collides nor weighs is left out`}, f.Notes)
}

// Servos: force = kp (ctrl - q) - kv v.
func TestActuators(t *testing.T) {
	f, err := parse(beside(`<default><position kp="5"/><general ctrlrange="-2 2"/></default><actuator><motor joint="hinge" gear="3"/><position joint="hinge" kv="0.5"/>
<velocity joint="hinge" kv="7"/><general joint="hinge" gainprm="4" biastype="affine" biasprm="1 2 3" forcerange="-1 1"/></actuator>`))
	require.NoError(t, err)
	a := f.Model.Actuators
	require.Len(t, a, 4)
	assert.Equal(t, []float64{3, 1, 5, 7, 4}, []float64{a[0].Gear, a[0].Gain, a[1].Gain, a[2].Gain, a[3].Gain})
	assert.Equal(t, [3]float64{0, -5, -0.5}, a[1].Bias)
	assert.Equal(t, [3]float64{0, 0, -7}, a[2].Bias)
	assert.Equal(t, [3]float64{1, 2, 3}, a[3].Bias)
	assert.True(t, a[3].ForceLimited)
	for _, x := range a {
		assert.Equal(t, [2]float64{-2, 2}, x.CtrlRange)
	}
}

// Static bodies that something names are not fused.
func TestFusedButNamed(t *testing.T) {
	for extra, bodies := range map[string]int{
		"": 2, `<contact><exclude body1="hand" body2="arm"/></contact>`: 3, `<sensor><framepos objtype="body" objname="hand"/></sensor>`: 3,
		`<sensor><force site="palm"/></sensor>`: 3, `<sensor><velocimeter site="palm"/></sensor>`: 2,
	} {
		text := strings.Replace(bodyWith(`<body name="hand" pos="1 0 0"><geom size="0.1"/><site name="palm" pos="0.1 0 0"/></body>`),
			"<worldbody>", `<compiler fusestatic="true"/>`+extra+"<worldbody>", 1)
		f, err := parse(text)
		require.NoError(t, err)
		assert.Len(t, f.Model.Bodies, bodies, extra)
		assert.Len(t, f.Model.Geoms, 2)
	}
}
