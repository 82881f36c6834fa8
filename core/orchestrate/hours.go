package orchestrate

import (
	"time"
	_ "time/tzdata" // hours are kept by the zones of places, also where the system has no data of them

	"parley/core"
)

// Open reports whether people serve at an instant by a calendar, and if not,
// when they next do (zero: not within the coming year). A calendar in an
// unknown time zone is read in UTC.
func Open(c core.Calendar, now time.Time) (open bool, opens time.Time) {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return openIn(c, zone, now)
}

// openIn goes by what the wall shows: on the day the clocks are put back an hour
// that comes twice is open twice.
func openIn(c core.Calendar, zone *time.Location, now time.Time) (open bool, opens time.Time) {
	local := now.In(zone)
	wall := local.Hour()*60 + local.Minute()
	for _, p := range periods(c, local) {
		if p.From <= wall && wall < p.To {
			return true, time.Time{}
		}
	}
	for day := range 366 {
		// Noon names a date everywhere; in some places midnight is not there on
		// the day the clocks are put on.
		date := time.Date(local.Year(), local.Month(), local.Day()+day, 12, 0, 0, 0, zone)
		for _, p := range periods(c, date) {
			from := minute(date, p.From)
			if now.Before(from) && (opens.IsZero() || from.Before(opens)) {
				opens = from
			}
		}
		if !opens.IsZero() {
			return false, opens.UTC()
		}
	}
	return false, time.Time{}
}

// minute is a wall-clock minute of a date. One that is skipped that day is the
// moment the clocks are put on.
func minute(date time.Time, m int) time.Time {
	t := time.Date(date.Year(), date.Month(), date.Day(), m/60, m%60, 0, 0, date.Location())
	if got := t.Hour()*60 + t.Minute(); got != m%1440 {
		before, after := date.ZoneBounds() // date is noon: the change is within half a day of it
		for _, change := range []time.Time{before, after} {
			if !change.IsZero() && change.Sub(t).Abs() <= 3*time.Hour {
				return change
			}
		}
	}
	return t
}

func periods(c core.Calendar, date time.Time) []core.Period {
	day := date.Format(time.DateOnly)
	for _, h := range c.Holidays {
		if h.Date == day {
			return h.Periods
		}
	}
	return c.Week[(int(date.Weekday())+6)%7] // Monday first
}
