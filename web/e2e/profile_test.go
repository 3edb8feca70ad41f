//go:build record

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/profiler"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestZZRaw(t *testing.T) {
	p := open(t, address+"#v=1&task=half_cheetah&particles=2000&contacts=1&torques=1", 1280, 800)
	p.drawn()
	p.phase("idle", 60*time.Second)
	p.click("train")
	p.wait("updates", "+document.getElementById('num-updates').textContent.replaceAll(',', '') > 100", 60*time.Second)
	for name, ctx := range map[string]context.Context{"page": p.ctx, "worker": p.inWorker()} {
		_, err := chromedp.Call(ctx, profiler.Enable, cdp.Empty{})
		require.NoError(t, err)
		_, err = chromedp.Call(ctx, profiler.Start, cdp.Empty{})
		require.NoError(t, err)
		time.Sleep(5 * time.Second)
		r, err := chromedp.Call(ctx, profiler.Stop, cdp.Empty{})
		require.NoError(t, err)
		b, _ := json.Marshal(r.Profile)
		os.WriteFile("/tmp/prof5-"+name+".json", b, 0o644)
	}
	_ = fmt.Sprint
	_ = regexp.MustCompile
	_ = runtime.Version
}
