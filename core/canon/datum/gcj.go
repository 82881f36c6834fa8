// Package datum turns points between WGS 84, in which canon.Location stands, and
// the coordinate systems that platforms give and take places in. It knows no
// platform, and never looks anything up.
package datum

import "math"

// FromGCJ turns a point of the coordinate system of Chinese maps (GCJ-02) into
// WGS 84: to within three metres. Points outside China are the same in both.
func FromGCJ(lat, lon float64) (float64, float64) {
	if abroad(lat, lon) {
		return lat, lon
	}
	dLat, dLon := shift(lat, lon)
	return tenth(lat - dLat), tenth(lon - dLon)
}

// ToGCJ turns a point of WGS 84 into one of Chinese maps (GCJ-02), as exactly as
// the published approximation is.
func ToGCJ(lat, lon float64) (float64, float64) {
	if abroad(lat, lon) {
		return lat, lon
	}
	dLat, dLon := shift(lat, lon)
	return tenth(lat + dLat), tenth(lon + dLon)
}

// abroad: the shift is not made outside this rectangle around China.
func abroad(lat, lon float64) bool {
	return lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271
}

// tenth rounds to a tenth of a metre; the approximation is no better.
func tenth(degrees float64) float64 { return math.Round(degrees*1e6) / 1e6 }

// shift is how far GCJ-02 moves a point, by the published approximation.
func shift(lat, lon float64) (float64, float64) {
	const a, ee = 6378245.0, 0.00669342162296594323 // of the Krasovsky ellipsoid
	x, y := lon-105, lat-35
	waves := func(t, m1, m2, m3 float64, k1, k2, k3 float64) float64 {
		return (m1*math.Sin(t*k1) + m2*math.Sin(t*k2) + m3*math.Sin(t*k3)) * 2 / 3
	}
	common := waves(x, 20, 20, 0, 6*math.Pi, 2*math.Pi, 0)
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + common +
		waves(y, 20, 40, 160, math.Pi, math.Pi/3, math.Pi/12) + 320*math.Sin(y*math.Pi/30)*2/3
	dLon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + common +
		waves(x, 20, 40, 150, math.Pi, math.Pi/3, math.Pi/12) + 300*math.Sin(x*math.Pi/30)*2/3
	rad := lat * math.Pi / 180
	magic := 1 - ee*math.Sin(rad)*math.Sin(rad)
	dLat = dLat * 180 / (a * (1 - ee) / (magic * math.Sqrt(magic)) * math.Pi)
	dLon = dLon * 180 / (a / math.Sqrt(magic) * math.Cos(rad) * math.Pi)
	return dLat, dLon
}
