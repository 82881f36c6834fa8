package canon

import (
	"encoding/json"
	"strings"
	"testing"
)

func sampleBody() []byte {
	return []byte(`{"v":1,"account":"main","thread":{"account":"main","peer":"u-1042"},"from":{"id":"u-1042","name":"王小明","locale":"zh-CN"},"event_id":"e-000000001","time":"2026-03-01T09:30:00Z","order":17,"event":{"type":"posted","message":{"remote_id":"m-000000001","locale":"zh-CN","parts":[{"type":"text","body":"` + strings.Repeat("你好，我想查一下订单 ", 24) + `"}]}}}`)
}

func BenchmarkDecodeEnvelope(b *testing.B) {
	raw := sampleBody()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		var e Envelope
		if err := json.Unmarshal(raw, &e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeEnvelope(b *testing.B) {
	var e Envelope
	raw := sampleBody()
	if err := json.Unmarshal(raw, &e); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(e); err != nil {
			b.Fatal(err)
		}
	}
}
