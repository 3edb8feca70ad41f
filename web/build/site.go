package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"onestep/policy/checkpoint"
	"onestep/web/build/program"
	"onestep/web/build/relink"
)

const manifestName = "manifest.json"

// manifest names the files whose names the page cannot know. Paths are relative to the site's root.
type manifest struct {
	Stage    asset    `json:"stage"`    // the stage's program, gzip
	Worker   asset    `json:"worker"`   // the training worker's program, gzip
	WasmExec asset    `json:"wasmExec"` // the toolchain's loader
	Policies []policy `json:"policies"` // trained policies, by name
	Records  asset    `json:"records"`  // a JSON list of the records of the runs behind them
	Lessons  []lesson `json:"lessons"`  // in the order in which they are taken
}

// asset is one file of the site.
type asset struct {
	URL   string `json:"url"`
	Bytes int64  `json:"bytes"` // as transferred
}

// policy is one trained policy; its file is named <task>-<algorithm>.safetensors.
type policy struct {
	asset
	Task      string `json:"task"`
	Algorithm string `json:"algorithm"`
	Hash      string `json:"hash"` // of its weights
	Film      *film  `json:"film,omitempty"`
}

// film is the course of the run behind a trained policy: the files of assets/films/<task>-<algorithm>, which are fetched on
// demand.
type film struct {
	Moments []moment `json:"moments"` // in their order; the last has the trained policy's weights
}

// moment is a policy file of a film.
type moment struct {
	asset
	EnvSteps int `json:"envSteps"`
}

// lesson is one lesson of the place Learn; its file is named <position>-<name>.json.
type lesson struct {
	asset
	Name string `json:"name"`
}

// fill writes the whole site into the empty folder dst, an absolute path.
func fill(tools *program.Toolchain, root, dst string) (*manifest, error) {
	var m manifest
	modfile, err := lean(tools, root, filepath.Join(root, "out", "ebitengine"))
	if err != nil {
		return nil, err
	}
	for _, p := range []struct {
		to *asset
		shipped
	}{{&m.Stage, stage}, {&m.Worker, worker}} {
		if *p.to, err = ship(tools, dst, p.shipped, modfile); err != nil {
			return nil, err
		}
	}
	terms, err := licences(tools, root)
	if err != nil {
		return nil, err
	}
	if _, err := write(dst, licencesName, terms); err != nil {
		return nil, err
	}
	loader, err := tools.Loader()
	if err != nil {
		return nil, err
	}
	if m.WasmExec, err = writeHashed(dst, "js/wasm_exec", ".js", loader); err != nil {
		return nil, err
	}
	if m.Policies, err = policies(root, dst); err != nil {
		return nil, err
	}
	if m.Records, err = records(root, dst); err != nil {
		return nil, err
	}
	if m.Lessons, err = lessons(root, dst); err != nil {
		return nil, err
	}
	if err := languages(root, dst); err != nil {
		return nil, err
	}
	if err := pages(filepath.Join(root, "web"), dst); err != nil {
		return nil, err
	}
	generated, err := modules(root)
	if err != nil {
		return nil, err
	}
	for name, text := range generated {
		if _, err := write(dst, name, text); err != nil {
			return nil, err
		}
	}
	if err := icons(dst); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	if _, err := write(dst, manifestName, append(text, '\n')); err != nil {
		return nil, err
	}
	return &m, listFiles(dst)
}

// shipped is a program of the site.
type shipped struct {
	name, main string
	lean       bool // with the lean copy of Ebitengine
	floor      program.Floor
}

// The floors are about two thirds of what go1.27.4 gives.
var (
	stage  = shipped{"stage", "./wasm/app", true, program.Floor{Vectors: 3500, Counts: relink.Counts{Offsets: 95_000, Splats: 320, Loops: 200, Entries: 260, Jumps: 32_000, Copies: 1900, Nops: 20_000}}}
	worker = shipped{"worker", "./wasm/worker", false, program.Floor{Vectors: 4200, Counts: relink.Counts{Offsets: 58_000, Splats: 330, Loops: 150, Entries: 190, Jumps: 19_000, Copies: 770, Nops: 18_000}}}
)

// flags are what p is built with, beside what every program is.
func (p shipped) flags(modfile string) (flags []string) {
	if names {
		flags = append(flags, "-ldflags=-w")
	}
	if p.lean {
		flags = append(flags, "-modfile", modfile)
	}
	return flags
}

// ship builds a program, says what it holds and writes it compressed.
func ship(tools *program.Toolchain, dst string, p shipped, modfile string) (asset, error) {
	built, err := tools.Build(p.main, p.floor, p.flags(modfile)...)
	if err != nil {
		return asset{}, err
	}
	fmt.Printf("%s, %s: %s\n", p.name, tools.Version, built)
	z, err := gzipped(built.Code)
	if err != nil {
		return asset{}, err
	}
	return writeHashed(dst, "wasm/"+p.name, ".wasm.gz", z)
}

// policies copies the trained policies and names them by task and algorithm.
func policies(root, dst string) ([]policy, error) {
	files, err := filepath.Glob(filepath.Join(root, "assets", "policies", "*.safetensors"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	list := make([]policy, 0, len(files))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".safetensors")
		task, algorithm, ok := strings.Cut(name, "-")
		if !ok {
			return nil, fmt.Errorf("%s: a trained policy is named <task>-<algorithm>.safetensors", file)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		a, err := write(dst, "policies/"+name+".safetensors", b)
		if err != nil {
			return nil, err
		}
		trained, err := checkpoint.ReadPolicy(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		p := policy{asset: a, Task: task, Algorithm: algorithm, Hash: trained.Hash()}
		if p.Film, err = filmOf(root, dst, name, p.Hash); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// filmOf copies the film of a trained policy of that hash, nil where there is none. One that does not end in it is refused.
func filmOf(root, dst, name, trained string) (*film, error) {
	files, err := filepath.Glob(filepath.Join(root, "assets", "films", name, "*.safetensors"))
	if err != nil || len(files) == 0 {
		return nil, err
	}
	f := &film{}
	var hash string
	for _, file := range files { // Glob sorts, and the names begin with the steps
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		p, err := checkpoint.ReadPolicy(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		a, err := writeHashed(dst, fmt.Sprintf("films/%s-%d", name, p.Record.EnvSteps), ".safetensors", b)
		if err != nil {
			return nil, err
		}
		f.Moments, hash = append(f.Moments, moment{a, p.Record.EnvSteps}), p.Hash()
	}
	if hash != trained {
		return nil, fmt.Errorf("the film of %s ends in the weights %.12s, not in the trained policy's %.12s", name, hash, trained)
	}
	return f, nil
}

// lessons copies the lessons and names them without their position.
func lessons(root, dst string) ([]lesson, error) {
	files, err := filepath.Glob(filepath.Join(root, "assets", "lessons", "*.json"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	list := make([]lesson, 0, len(files))
	for _, file := range files {
		_, name, ok := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), "-")
		if !ok {
			return nil, fmt.Errorf("%s: a lesson is named <position>-<name>.json", file)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		a, err := write(dst, "lessons/"+name+".json", b)
		if err != nil {
			return nil, err
		}
		list = append(list, lesson{asset: a, Name: name})
	}
	return list, nil
}

// languages copies the files of the page's languages, without spaces.
func languages(root, dst string) error {
	files, err := filepath.Glob(filepath.Join(root, "assets", "words", "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var short bytes.Buffer
		if err := json.Compact(&short, b); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if _, err := write(dst, "words/"+filepath.Base(file), short.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// records writes the records of the shipped runs as one list, without spaces.
func records(root, dst string) (asset, error) {
	files, err := filepath.Glob(filepath.Join(root, "assets", "policies", "records", "*.json"))
	if err != nil {
		return asset{}, err
	}
	sort.Strings(files)
	var list bytes.Buffer
	for i, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return asset{}, err
		}
		list.WriteByte("[,"[min(i, 1)])
		if err := json.Compact(&list, b); err != nil {
			return asset{}, fmt.Errorf("%s: %w", file, err)
		}
	}
	list.WriteString("]\n")
	return writeHashed(dst, "policies/records", ".json", list.Bytes())
}

// pages copies what the browser is to see of web/: pages, styles, scripts, pictures.
func pages(web, dst string) error {
	wanted := map[string]bool{".html": true, ".css": true, ".js": true, ".svg": true, ".png": true, ".txt": true, ".webmanifest": true}
	skipped := map[string]bool{"build": true, "e2e": true, "bench": true, "axe": true, "check": true, "unit": true, "onnxcheck": true, "node_modules": true}
	return filepath.WalkDir(web, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skipped[d.Name()] {
				return filepath.SkipDir
			}
			return nil
		}
		if !wanted[filepath.Ext(path)] {
			return nil
		}
		relative, err := filepath.Rel(web, path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = write(dst, filepath.ToSlash(relative), b)
		return err
	})
}

// writeHashed writes b as stem.<16 hex digits of its SHA-256>ext.
func writeHashed(dst, stem, ext string, b []byte) (asset, error) {
	sum := sha256.Sum256(b)
	return write(dst, stem+"."+hex.EncodeToString(sum[:8])+ext, b)
}

func write(dst, url string, b []byte) (asset, error) {
	path := filepath.Join(dst, filepath.FromSlash(url))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return asset{}, err
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return asset{}, fmt.Errorf("two files want the name %s", url)
	}
	return asset{URL: url, Bytes: int64(len(b))}, os.WriteFile(path, b, 0o644)
}

// gzipped compresses b as well as gzip can; the header carries neither name nor time, so that the same
// program gives the same hash.
func gzipped(b []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
