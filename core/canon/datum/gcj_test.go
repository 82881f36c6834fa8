package datum

import (
	"math"
	"testing"
)

// The point of People's Square in Shanghai, by the published approximation, and
// the way back within three metres; outside China nothing moves.
func TestGCJ(t *testing.T) {
	lat, lon := ToGCJ(31.2304, 121.4737)
	if math.Abs(lat-31.228456) > 2e-4 || math.Abs(lon-121.478220) > 2e-4 {
		t.Errorf("on a Chinese map it is at %f, %f", lat, lon)
	}
	for _, at := range [][2]float64{{31.2304, 121.4737}, {39.9087, 116.3975}, {22.5431, 114.0579}} {
		lat, lon := FromGCJ(ToGCJ(at[0], at[1]))
		if metres := math.Hypot(lat-at[0], lon-at[1]) * 111_000; metres > 3 {
			t.Errorf("there and back %v is %.1f m off", at, metres)
		}
		if lat, lon = ToGCJ(at[0], at[1]); math.Hypot(lat-at[0], lon-at[1])*111_000 < 100 {
			t.Errorf("%v is hardly moved", at)
		}
	}
	for _, at := range [][2]float64{{51.5074, -0.1278}, {-33.8688, 151.2093}} {
		if lat, lon := ToGCJ(at[0], at[1]); lat != at[0] || lon != at[1] {
			t.Errorf("%v is moved though it is abroad", at)
		}
		if lat, lon := FromGCJ(at[0], at[1]); lat != at[0] || lon != at[1] {
			t.Errorf("%v is moved back though it is abroad", at)
		}
	}
}
