// Command build makes the static site: both WebAssembly programs, rewritten after linking (package relink), the
// toolchain's loader for them, and the page's own files.
//
//	go run ./web/build [-out dist] [-names] [-scalar]
//	go run ./web/build -words assets/words/de.json
//
// The second brings the file of a language up to date, or begins one: package words.
//
// What is large and changes rarely carries a content hash in its name, so that a server may let it be
// cached for ever; manifest.json names those files. All references are relative: the folder works from any
// sub-path of any static host. WebAssembly is shipped as .gz and decompressed in the page, because static
// hosts differ in what they compress.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"onestep/web/build/program"
	"onestep/web/build/words"
)

// names keeps the names of functions, which nobody needs who does not look into a profile.
var names bool

func main() {
	out := flag.String("out", "dist", "folder to write; it is replaced as a whole")
	root := flag.String("root", ".", "root of the repository")
	flag.BoolVar(&names, "names", false, "keep the names of functions in the programs, for profiles")
	scalar := flag.Bool("scalar", false, "build by the installed Go, whatever its release, without SIMD: what trains is several times slower")
	js := flag.String("modules", "", "only write the JavaScript modules that are made from Go, into this folder")
	language := flag.String("words", "", "only bring this file of a language up to date: texts that it lacks are added empty, those that nothing shows go")
	flag.Parse()
	var err error
	switch {
	case *js != "":
		err = writeModules(*root, *js)
	case *language != "":
		err = words.Update(*root, *language)
	default:
		err = build(*root, *out, *scalar)
	}
	if status := (*exec.ExitError)(nil); errors.As(err, &status) {
		os.Exit(status.ExitCode()) // it has said why
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// build makes the site beside out and then puts it in out's place, so that a failed build leaves the last
// good site as it was.
func build(root, out string, scalar bool) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	if root, err = filepath.Abs(root); err != nil {
		return err
	}
	if err := replaceable(out); err != nil {
		return err
	}
	tools, err := program.Find(root, scalar)
	if err != nil {
		return err
	}
	if version, _, _ := strings.Cut(strings.ReplaceAll(runtime.Version(), "-X:", " "), " "); version != tools.Version && !scalar {
		return again(tools, root, out) // what compresses differs between releases
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(out), ".site-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := os.Chmod(fresh, 0o755); err != nil {
		return err
	}
	m, err := fill(tools, root, fresh)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.Rename(fresh, out); err != nil {
		return err
	}
	fmt.Printf("%s: stage %s, worker %s compressed, %d trained policies\n",
		out, kilobytes(m.Stage.Bytes), kilobytes(m.Worker.Bytes), len(m.Policies))
	return nil
}

// again runs this command by the release of Go that builds the programs.
func again(tools *program.Toolchain, root, out string) error {
	cmd := exec.Command("go", "run", "./web/build", "-root", root, "-out", out, fmt.Sprintf("-names=%v", names))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = root, append(os.Environ(), "GOTOOLCHAIN="+tools.Version), os.Stdout, os.Stderr
	return cmd.Run()
}

// replaceable refuses to delete a folder that no build has made.
func replaceable(out string) error {
	entries, err := os.ReadDir(out)
	if os.IsNotExist(err) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(out, manifestName)); err != nil {
		return fmt.Errorf("%s exists and holds no %s: it was not made by this program and is left alone", out, manifestName)
	}
	return nil
}

func kilobytes(n int64) string { return fmt.Sprintf("%.0f kB", float64(n)/1000) }
