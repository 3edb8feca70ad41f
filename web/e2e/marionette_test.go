//go:build e2e

package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// firefox is one window of Firefox on a display of its own, driven by Marionette: commands of WebDriver as JSON over TCP, each
// after its length (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html). Headless Firefox has no WebGL 2
// where the processor draws, so there is an Xvfb.
type firefox struct {
	*testing.T
	connection net.Conn
	reader     *bufio.Reader
	sent       int
	downloads  string
}

// openFirefox starts a browser with a fresh profile; the test is skipped where it is not installed.
func openFirefox(t *testing.T) *firefox {
	t.Helper()
	binary, err := exec.LookPath("firefox-esr")
	if err != nil {
		binary, err = exec.LookPath("firefox")
	}
	if err != nil {
		t.Skip("no Firefox in PATH: install your system's package 'firefox-esr'")
	}
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("no Xvfb in PATH: install your system's package 'xvfb'")
	}
	f := &firefox{T: t, downloads: t.TempDir()}
	profile := t.TempDir()
	port := freePort(t)
	preferences := map[string]any{
		"marionette.port":                            port,
		"browser.download.dir":                       f.downloads,
		"browser.download.folderList":                2,
		"browser.download.alwaysOpenPanel":           false,
		"datareporting.policy.dataSubmissionEnabled": false,
		"browser.shell.checkDefaultBrowser":          false,
		"browser.aboutwelcome.enabled":               false,
		"app.update.disabledForTesting":              true,
		"webgl.force-enabled":                        true,
		"network.captive-portal-service.enabled":     false,
		"network.connectivity-service.enabled":       false,
	}
	var lines strings.Builder
	for name, value := range preferences {
		text, err := json.Marshal(value)
		require.NoError(t, err)
		fmt.Fprintf(&lines, "user_pref(%q, %s);\n", name, text)
	}
	require.NoError(t, os.WriteFile(filepath.Join(profile, "user.js"), []byte(lines.String()), 0o644))

	display := startXvfb(t)
	browser := exec.Command(binary, "-marionette", "-remote-allow-system-access", "-no-remote", "-profile", profile, "-width", strconv.Itoa(width), "-height", strconv.Itoa(height+100))
	browser.Env = append(os.Environ(), "DISPLAY="+display, "MOZ_DISABLE_CONTENT_SANDBOX=1", "HOME="+profile)
	startUntilTheEnd(t, browser)
	require.Eventually(t, func() bool {
		f.connection, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		return err == nil
	}, patience*time.Minute, 100*time.Millisecond, "Marionette listens")
	t.Cleanup(func() { f.connection.Close() })
	f.reader = bufio.NewReader(f.connection)
	f.receive() // its greeting
	f.command("WebDriver:NewSession", map[string]any{"acceptInsecureCerts": false})
	f.command("WebDriver:SetTimeouts", map[string]any{"script": patience * time.Minute.Milliseconds(), "pageLoad": patience * time.Minute.Milliseconds()})
	return f
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// startXvfb starts a screen, which chooses its own number.
func startXvfb(t *testing.T) (display string) {
	t.Helper()
	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer read.Close()
	screen := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp")
	screen.ExtraFiles = []*os.File{write}
	startUntilTheEnd(t, screen)
	write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	require.NoError(t, err)
	return ":" + strings.TrimSpace(number)
}

func startUntilTheEnd(t *testing.T, command *exec.Cmd) {
	t.Helper()
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		command.Process.Signal(os.Interrupt)
		ended := time.AfterFunc(10*time.Second, func() { command.Process.Kill() })
		command.Wait()
		ended.Stop()
	})
}

// command sends one command and returns its result.
func (f *firefox) command(name string, parameters any) json.RawMessage {
	f.Helper()
	f.sent++
	text, err := json.Marshal([]any{0, f.sent, name, parameters})
	require.NoError(f, err)
	_, err = fmt.Fprintf(f.connection, "%d:%s", len(text), text)
	require.NoError(f, err)
	var answer [4]json.RawMessage // kind, number, error, result
	require.NoError(f, json.Unmarshal(f.receive(), &answer))
	require.Equal(f, "null", string(answer[2]), name)
	return answer[3]
}

func (f *firefox) receive() []byte {
	f.Helper()
	require.NoError(f, f.connection.SetReadDeadline(time.Now().Add(2*patience*time.Minute)))
	length, err := f.reader.ReadString(':')
	require.NoError(f, err)
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	require.NoError(f, err)
	text := make([]byte, n)
	_, err = io.ReadFull(f.reader, text)
	require.NoError(f, err)
	return text
}

func (f *firefox) navigate(url string) {
	f.Helper()
	f.command("WebDriver:Navigate", map[string]any{"url": url})
}

// eval runs an expression in the page, a promise to its end, and stores what it gives in dst.
func (f *firefox) eval(expression string, dst any) {
	f.Helper()
	script := "const done = arguments[0]; Promise.resolve().then(() => (" + expression + ")).then((value) => done({ value: value ?? null }), (e) => done({ error: String(e) }))"
	var answer struct {
		Value struct {
			Value json.RawMessage
			Error string
		}
	}
	require.NoError(f, json.Unmarshal(f.command("WebDriver:ExecuteAsyncScript", map[string]any{"script": script, "args": []any{}, "newSandbox": false, "sandbox": nil}), &answer))
	require.Empty(f, answer.Value.Error, expression)
	if dst != nil {
		require.NoError(f, json.Unmarshal(answer.Value.Value, dst), expression)
	}
}

// wait waits until a condition of the page holds.
func (f *firefox) wait(what, condition string, limit time.Duration) {
	f.Helper()
	for end := time.Now().Add(patience * limit); ; time.Sleep(100 * time.Millisecond) {
		var holds bool
		f.eval("Boolean("+condition+")", &holds)
		if holds {
			return
		}
		if time.Now().After(end) {
			var status string
			f.eval("document.querySelector('.message')?.textContent + ' | ' + document.getElementById('training-status').textContent", &status)
			require.Failf(f, "Firefox waits in vain", "%s: %s (the page says %q)", what, condition, status)
		}
	}
}

// press clicks an element as a pointer does, which fails where something covers it.
func (f *firefox) press(id string) {
	f.Helper()
	var found struct{ Value map[string]string }
	require.NoError(f, json.Unmarshal(f.command("WebDriver:FindElement", map[string]any{"using": "css selector", "value": "#" + id}), &found))
	for _, element := range found.Value {
		f.command("WebDriver:ElementClick", map[string]any{"id": element})
	}
}

// console is what the browser's console holds of the page's errors, and of uncaught ones.
func (f *firefox) console() (errors []string) {
	f.Helper()
	f.command("Marionette:SetContext", map[string]any{"value": "chrome"})
	defer f.command("Marionette:SetContext", map[string]any{"value": "content"})
	script := `return Services.console.getMessageArray().filter((m) => m instanceof Ci.nsIScriptError && !(m.flags & Ci.nsIScriptError.warningFlag) && m.sourceName.startsWith(arguments[0])).map((m) => m.toString())`
	var answer struct{ Value []string }
	require.NoError(f, json.Unmarshal(f.command("WebDriver:ExecuteScript", map[string]any{"script": script, "args": []any{address}}), &answer))
	return answer.Value
}

// downloaded waits for a file that the browser has written whole.
func (f *firefox) downloaded(ending string) string {
	f.Helper()
	var path string
	require.Eventually(f, func() bool {
		names, _ := filepath.Glob(filepath.Join(f.downloads, "*"+ending))
		parts, _ := filepath.Glob(filepath.Join(f.downloads, "*.part"))
		if len(names) == 0 || len(parts) > 0 {
			return false
		}
		info, err := os.Stat(names[0])
		path = names[0]
		return err == nil && info.Size() > 0
	}, patience*time.Minute, 100*time.Millisecond, "a download *%s", ending)
	return path
}
