package words

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../../.."

// Each language has each text, no other, and the same places for values; pieces of a sentence begin and end as the English ones
// do, since they are joined.
func TestLanguagesAreWhole(t *testing.T) {
	page, stage, causes, err := Texts(root)
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(root, "assets", "words", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		l, err := Read(file)
		require.NoError(t, err)
		for _, part := range []struct {
			texts  Part
			own    map[string]string
			places func(string) []string
		}{{page, l.Page, places}, {stage, l.Stage, verbs}, {causes, l.Causes, verbs}} {
			assert.Empty(t, strings.Join(part.texts.Lacks(part.own), "\n"), "%s lacks these texts", file)
			assert.Empty(t, strings.Join(part.texts.Dead(part.own), "\n"), "%s has texts that nothing shows", file)
			for key, text := range part.own {
				assert.Equal(t, part.places(key), part.places(text), "%s: %q", file, key)
				for _, edge := range []string{" ", "…"} {
					assert.Equal(t, strings.HasSuffix(key, edge), strings.HasSuffix(text, edge), "%s: %q ends otherwise", file, key)
				}
				assert.Equal(t, strings.HasPrefix(key, " "), strings.HasPrefix(text, " "), "%s: %q begins otherwise", file, key)
			}
		}
	}
}

// What an extractor finds, and what it must leave alone.
func TestKeys(t *testing.T) {
	m, err := moduleOf([]byte("tr('it’s \\'so\\''); tr`a ${x ? tr(' b') : `cc dd`} e`; write(e, 'not said'); plural(n, 'step'); plural(2, 'box', 'boxes'); e.title = 'Bare'; make('p', { textContent: 'Naked' });"))
	require.NoError(t, err)
	assert.Equal(t, []string{"it’s 'so'", "a {0} e", " b", "step", "steps", "box", "boxes"}, m.keys)
	assert.Subset(t, m.bare, []string{"cc dd", "not said", "Bare", "Naked"})
	p := Part{}
	require.NoError(t, p.page("x", []byte(`<p title="Yes &amp; no">Some <b>bold</b>
	  words<br> 1.0</p><code>not this</code><p translate="no">nor <i>this</i></p><input placeholder="here"><p>…</p>`)))
	assert.Equal(t, Part{"Yes & no": "x", "Some {0} words{1} 1.0": "x", "bold": "x", "here": "x"}, p)
	require.ErrorContains(t, Part{}.page("x", []byte("<p><b>open</p>")), "</p> where <b> is open")
	assert.Equal(t, []string{"1d", "2.3f", "3s"}, verbs("%d of %.3f, %s: 5 %"))
	assert.Equal(t, verbs("%d of %s"), verbs("%[2]s von %[1]d"))
}

// exceptions are texts of modules that a person does not read, or not as words: a pattern, and why.
var exceptions = []struct{ file, text, why string }{
	{`.*`, `^onestep[ -]`, "a name for the browser: of a worker, a channel, a lock, a note"},
	{`.*`, `^\(.*\)$`, "a media query"},
	{`.*`, `^[#.]?[a-z]+[\[:, .#].*[\]#.)a-z]$|^input|^#`, "a selector"},
	{`.*`, `^(translate|color-mix|system-ui|Liberation Sans|M\{)|px$`, "of SVG and CSS"},
	{`.*`, `^(inv|ν\*)[^a-z]`, "a formula"},
	{`^(protocol|worker|dom)\.js$`, `.`, "a mistake of the program, which a programmer reads; a cause"},
	{`^state\.js$`, `^state: `, "a mistake of the program"},
	{`^settingsform\.js$`, `^help-`, "names of elements"},
	{`^share\.js$`, `^<iframe`, "lines for another page"},
	{`^imports\.js$`, `^\{0\} cannot be used: …$`, "how a cause of the stage's program begins, which is left out"},
}

// No module shows a text that does not come from the catalog of words.
func TestTextsAreInTheCatalog(t *testing.T) {
	modules, err := filepath.Glob(filepath.Join(root, "web", "js", "*.js"))
	require.NoError(t, err)
	require.NotEmpty(t, modules)
	used := map[int]bool{}
	for _, name := range modules {
		m, err := readModule(name)
		require.NoError(t, err)
		for _, text := range m.bare {
			i := slices.IndexFunc(exceptions, func(e struct{ file, text, why string }) bool {
				return regexp.MustCompile(e.file).MatchString(m.name) && regexp.MustCompile(e.text).MatchString(text)
			})
			used[i] = true
			assert.GreaterOrEqual(t, i, 0, "%s shows %q without tr", m.name, text)
		}
	}
	for i, e := range exceptions {
		assert.True(t, used[i], "nothing needs the exception %q any more", e.text)
	}
}
