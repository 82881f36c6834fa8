package orchestrate

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"parley/core"
)

// farDays is how many days ahead opening time is looked for, and shutDays how many
// closed ones in a row are taken for hours that never open again.
const (
	farDays  = 10 * 366
	shutDays = 366
)

// stretches are the times a calendar is open, from a time on and in order; where
// the clocks change, by what the wall shows, as [openIn] has it: an hour that comes
// twice is open twice, one that is skipped not at all.
func stretches(c core.Calendar, zone *time.Location, from time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(time.Time, time.Time) bool) {
		at, shut := from.In(zone), 0
		for range farDays {
			// A day, or the part of it that one offset holds for: in it the wall goes as
			// time does.
			midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
			_, offset := at.Zone()
			wall := func(minutes int) time.Time {
				return midnight.Add(time.Duration(minutes)*time.Minute - time.Duration(offset)*time.Second)
			}
			end := wall(24 * 60)
			if _, change := at.ZoneBounds(); !change.IsZero() && change.Before(end) {
				end = change
			}
			all := periods(c, at)
			if !slices.IsSortedFunc(all, byBegin) {
				all = slices.SortedFunc(slices.Values(all), byBegin)
			}
			for _, p := range all {
				a, b := wall(p.From), wall(p.To)
				if a.Before(at) {
					a = at
				}
				if b.After(end) {
					b = end
				}
				if a.Before(b) {
					shut = 0
					if !yield(a, b) {
						return
					}
				}
			}
			if shut++; shut > shutDays {
				return
			}
			at = end.In(zone)
		}
	}
}

func byBegin(a, b core.Period) int { return cmp.Compare(a.From, b.From) }

// after is when so much opening time will have passed since a time; zero: never,
// as far as the calendar says. No zone: it is always open.
func after(c core.Calendar, zone *time.Location, from time.Time, rest time.Duration) time.Time {
	if zone == nil || rest <= 0 {
		return from.Add(rest).UTC()
	}
	for a, b := range stretches(c, zone, from) {
		open := b.Sub(a)
		if rest <= open {
			return a.Add(rest).UTC()
		}
		rest -= open
	}
	return time.Time{}
}

// between is how much opening time passed from one time to another.
func between(c core.Calendar, zone *time.Location, from, to time.Time) (sum time.Duration) {
	if zone == nil {
		return max(0, to.Sub(from))
	}
	for a, b := range stretches(c, zone, from) {
		if !a.Before(to) {
			break
		}
		if b.After(to) {
			b = to
		}
		sum += b.Sub(a)
	}
	return sum
}
