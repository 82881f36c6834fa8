package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Brand colours come from people; contrast is kept here, whatever they choose
// (WCAG 2.2 asks for 4.5).
const legible = 4.5

// rgb is a colour, each part from 0 to 255.
type rgb [3]float64

func parseColor(hex string) rgb {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		return rgb{}
	}
	return rgb{float64(n >> 16 & 255), float64(n >> 8 & 255), float64(n & 255)}
}

// luminance is the relative luminance as WCAG defines it.
func (c rgb) luminance() float64 {
	part := func(v float64) float64 {
		if v /= 255; v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c[0]) + 0.7152*part(c[1]) + 0.0722*part(c[2])
}

func contrast(a, b string) float64 {
	x, y := parseColor(a).luminance()+0.05, parseColor(b).luminance()+0.05
	return max(x, y) / min(x, y)
}

// inkOn is the colour of words on a surface: white where that is legible, else
// black: one of the two always is.
func inkOn(surface string) string {
	if contrast(surface, "#ffffff") >= legible {
		return "#ffffff"
	}
	return "#000000"
}

// readableOn moves a colour towards black or white until it is legible on a
// ground.
func readableOn(color, ground string) string {
	end := 255.0
	if parseColor(ground).luminance() > 0.4 {
		end = 0
	}
	c := parseColor(color)
	for range 40 {
		if contrast(color, ground) >= legible {
			break
		}
		for i := range c {
			c[i] = math.Round(c[i] + (end-c[i])*0.12)
		}
		color = fmt.Sprintf("#%02x%02x%02x", int(c[0]), int(c[1]), int(c[2]))
	}
	return color
}
