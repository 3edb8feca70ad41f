// Package words holds the languages of the page: what texts there are, and what a language's file has for them.
//
// The English text is the key (as with gettext), so that who adds a text adds it once, where it is shown. Texts finds the keys by
// parsing what shows them: the elements and attributes of the HTML, tr and plural of the page's modules, the lessons, the fields of
// policy/catalog that are texts, lang.Text and lang.Textf of the stage, and the formats of errors that a person meets. A language is a
// file, assets/words/<code>.json, with three parts, "page", "stage" and "causes". The tests compare both ways, and find texts that are shown without tr.
package words

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"onestep/policy/catalog"
)

// CatalogTexts are the fields of the catalog that are texts, as paths through objects and lists.
var CatalogTexts = []string{
	"tasks.label", "tasks.group", "tasks.does", "tasks.text", "tasks.success", "agents.text",
	"settings.label", "settings.group", "settings.help", "presets.name", "presets.group", "presets.text", "examples.group", "examples.title", "examples.text",
}

// MetricTexts are those of catalog.Metrics; formulas stay.
func MetricTexts() (paths []string) {
	for _, table := range slices.Sorted(maps.Keys(catalog.Metrics())) {
		paths = append(paths, table+".label", table+".help")
	}
	return paths
}

// lessonTexts are those of a lesson.
var lessonTexts = []string{"title", "about", "steps.says", "steps.asks"}

// Part is the texts of one part of the page: key -> the place that was found last, for messages.
type Part map[string]string

// Texts finds all keys of the page, of the stage and of the causes that programs report, under the repository's root.
func Texts(root string) (page, stage, causes Part, err error) {
	page, stage, causes = Part{}, Part{}, Part{}
	if err := causes.causes(root); err != nil {
		return nil, nil, nil, err
	}
	for _, name := range []string{"index.html", "stage.html"} {
		if err := page.html(filepath.Join(root, "web", name)); err != nil {
			return nil, nil, nil, err
		}
	}
	modules, err := filepath.Glob(filepath.Join(root, "web", "js", "*.js"))
	if err != nil {
		return nil, nil, nil, err
	}
	for _, name := range modules {
		m, err := readModule(name)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, key := range m.keys {
			page[key] = m.name
		}
	}
	figures, err := filepath.Glob(filepath.Join(root, "web", "docs", "figures", "*-light.svg"))
	if err != nil {
		return nil, nil, nil, err
	}
	for _, name := range figures {
		if err := page.figure(name); err != nil {
			return nil, nil, nil, err
		}
	}
	lessons, err := filepath.Glob(filepath.Join(root, "assets", "lessons", "*.json"))
	if err != nil {
		return nil, nil, nil, err
	}
	for _, name := range lessons {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, nil, err
		}
		if err := page.values(filepath.Base(name), text, lessonTexts); err != nil {
			return nil, nil, nil, err
		}
	}
	of, err := json.Marshal(catalog.Get())
	if err != nil {
		return nil, nil, nil, err
	}
	// The stage tells the names of actions, and shows them too.
	if err := page.values("policy/catalog", of, append([]string{"tasks.actions.name"}, CatalogTexts...)); err != nil {
		return nil, nil, nil, err
	}
	metrics, err := json.Marshal(catalog.Metrics())
	if err != nil {
		return nil, nil, nil, err
	}
	if err := page.values("policy/catalog/metrics.go", metrics, MetricTexts()); err != nil {
		return nil, nil, nil, err
	}
	if err := stage.values("policy/catalog", of, []string{"tasks.actions.name"}); err != nil {
		return nil, nil, nil, err
	}
	return page, stage, causes, stage.program(root)
}

// values adds the texts of a JSON value at paths through its objects and lists.
func (p Part) values(where string, text []byte, paths []string) error {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	for _, path := range paths {
		p.value(where, v, strings.Split(path, "."))
	}
	return nil
}

func (p Part) value(where string, v any, path []string) {
	switch v := v.(type) {
	case []any:
		for _, each := range v {
			p.value(where, each, path)
		}
	case map[string]any:
		if len(path) > 0 {
			p.value(where, v[path[0]], path[1:])
		}
	case string:
		if v != "" && len(path) == 0 {
			p[v] = where
		}
	}
}

// Language is a language's file: key -> text.
type Language struct {
	Page   map[string]string `json:"page"`
	Stage  map[string]string `json:"stage"`
	Causes map[string]string `json:"causes"`
}

// Read reads a language's file.
func Read(path string) (*Language, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var l Language
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &l, nil
}

// Update brings a language's file up to date with the texts under root: what it lacks is added empty, what nothing shows goes.
func Update(root, path string) error {
	page, stage, causes, err := Texts(root)
	if err != nil {
		return err
	}
	old, err := Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		old, err = &Language{}, nil
	}
	if err != nil {
		return err
	}
	now := Language{Page: page.keep(old.Page), Stage: stage.keep(old.Stage), Causes: causes.keep(old.Causes)}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(now); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// keep is own with the keys of p alone, and all of them.
func (p Part) keep(own map[string]string) map[string]string {
	now := map[string]string{}
	for key := range p {
		now[key] = own[key]
	}
	return now
}

// Lacks lists the keys of texts that own has nothing for, with their places; Dead those of own that no text has.
func (p Part) Lacks(own map[string]string) (list []string) {
	for _, key := range slices.Sorted(maps.Keys(p)) {
		if own[key] == "" {
			list = append(list, fmt.Sprintf("%s: %q", p[key], key))
		}
	}
	return list
}

// Dead lists the keys of own that no text has.
func (p Part) Dead(own map[string]string) (list []string) {
	for _, key := range slices.Sorted(maps.Keys(own)) {
		if p[key] == "" {
			list = append(list, fmt.Sprintf("%q", key))
		}
	}
	return list
}

var (
	place = regexp.MustCompile(`\{\d+\}`)
	verb  = regexp.MustCompile(`%(?:\[(\d)\])?([\d.]*[a-z])`)
)

// places are those for values in a text of the page, sorted: {0}, {1}, …
func places(text string) []string {
	list := place.FindAllString(text, -1)
	slices.Sort(list)
	return list
}

// verbs are those of a format of the stage with the positions of their values, sorted.
func verbs(text string) (list []string) {
	for i, m := range verb.FindAllStringSubmatch(text, -1) {
		at := m[1]
		if at == "" {
			at = fmt.Sprint(i + 1)
		}
		list = append(list, at+m[2])
	}
	slices.Sort(list)
	return list
}
