package orchestrate

import (
	"time"

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
	local := now.In(zone)
	for day := range 366 {
		date := time.Date(local.Year(), local.Month(), local.Day()+day, 0, 0, 0, 0, zone)
		for _, p := range periods(c, date) {
			from, to := minute(date, p.From), minute(date, p.To)
			if !now.Before(from) && now.Before(to) {
				return true, time.Time{}
			}
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

// minute is a wall-clock minute of a date; on days when clocks change it is
// what the wall shows, not so many minutes after midnight.
func minute(date time.Time, m int) time.Time {
	return time.Date(date.Year(), date.Month(), date.Day(), m/60, m%60, 0, 0, date.Location())
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
