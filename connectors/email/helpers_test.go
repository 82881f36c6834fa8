package email_test

import (
	"encoding/base64"
	"slices"
	"strings"
)

func base64Of(b []byte) string {
	var lines []string
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(b)), 76) {
		lines = append(lines, string(line))
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}
