package testenv

import "testing"

// Chromium returns the path of the browser for journeys.
func Chromium(t testing.TB) string {
	t.Helper()
	return tool(t, "chromium", "chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium")
}

// FFmpeg returns the path of ffmpeg, which makes and judges media.
func FFmpeg(t testing.TB) string {
	t.Helper()
	return tool(t, "ffmpeg", "ffmpeg")
}

// Strace returns the path of strace, which shows what reaches the disk when.
func Strace(t testing.TB) string {
	t.Helper()
	return tool(t, "strace", "strace")
}

// Unshare returns the path of unshare, which gives a process private mounts.
func Unshare(t testing.TB) string {
	t.Helper()
	return tool(t, "util-linux", "unshare")
}

func tool(t testing.TB, pkg string, candidates ...string) string {
	t.Helper()
	path, err := find(pkg, candidates...)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
