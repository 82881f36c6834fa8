package orchestrate

import (
	"testing"
	"time"

	"parley/core"
)

func calendar(zone string, week map[time.Weekday][]core.Period, holidays ...core.Holiday) core.Calendar {
	c := core.Calendar{TimeZone: zone, Holidays: holidays}
	for day, periods := range week {
		c.Week[(int(day)+6)%7] = periods
	}
	return c
}

func everyDay(p ...core.Period) map[time.Weekday][]core.Period {
	out := map[time.Weekday][]core.Period{}
	for d := range 7 {
		out[time.Weekday(d)] = p
	}
	return out
}

func hm(h, m int) int { return h*60 + m }

func TestHoursAreWhatTheWallShows(t *testing.T) {
	office := map[time.Weekday][]core.Period{}
	for d := time.Monday; d <= time.Friday; d++ {
		office[d] = []core.Period{{From: hm(9, 0), To: hm(12, 0)}, {From: hm(13, 30), To: hm(18, 0)}}
	}
	night := everyDay(core.Period{From: hm(0, 0), To: hm(2, 30)}, core.Period{From: hm(22, 0), To: 1440})
	for name, c := range map[string]struct {
		calendar core.Calendar
		now      string // RFC 3339
		open     bool
		opens    string // "" for none
	}{
		"in the morning":                     {calendar("Asia/Shanghai", office), "2025-06-02T09:00:00+08:00", true, ""},
		"the last minute":                    {calendar("Asia/Shanghai", office), "2025-06-02T11:59:59+08:00", true, ""},
		"the end is not open":                {calendar("Asia/Shanghai", office), "2025-06-02T12:00:00+08:00", false, "2025-06-02T13:30:00+08:00"},
		"the second period":                  {calendar("Asia/Shanghai", office), "2025-06-02T13:30:00+08:00", true, ""},
		"before opening":                     {calendar("Asia/Shanghai", office), "2025-06-02T07:00:00+08:00", false, "2025-06-02T09:00:00+08:00"},
		"Friday night":                       {calendar("Asia/Shanghai", office), "2025-06-06T18:00:00+08:00", false, "2025-06-09T09:00:00+08:00"},
		"the zone decides, not UTC":          {calendar("Asia/Shanghai", office), "2025-06-02T01:00:00Z", true, ""},
		"a zone half an hour off":            {calendar("Asia/Kolkata", office), "2025-06-02T03:29:59Z", false, "2025-06-02T03:30:00Z"},
		"an unknown zone is UTC":             {calendar("Mars/Olympus", office), "2025-06-02T09:30:00Z", true, ""},
		"a holiday is closed":                {calendar("Asia/Shanghai", office, core.Holiday{Date: "2025-06-02"}), "2025-06-02T10:00:00+08:00", false, "2025-06-03T09:00:00+08:00"},
		"a holiday with hours":               {calendar("Asia/Shanghai", office, core.Holiday{Date: "2025-06-01", Periods: []core.Period{{From: hm(10, 0), To: hm(11, 0)}}}), "2025-06-01T10:30:00+08:00", true, ""},
		"a holiday of hours to come":         {calendar("Asia/Shanghai", office, core.Holiday{Date: "2025-06-01", Periods: []core.Period{{From: hm(10, 0), To: hm(11, 0)}}}), "2025-05-31T10:30:00+08:00", false, "2025-06-01T10:00:00+08:00"},
		"up to midnight":                     {calendar("Asia/Shanghai", night), "2025-06-02T23:59:59+08:00", true, ""},
		"over midnight":                      {calendar("Asia/Shanghai", night), "2025-06-03T00:00:00+08:00", true, ""},
		"never":                              {calendar("Asia/Shanghai", nil), "2025-06-02T10:00:00+08:00", false, ""},
		"once a year":                        {calendar("UTC", nil, core.Holiday{Date: "2026-05-01", Periods: []core.Period{{From: 0, To: 60}}}), "2025-06-01T00:00:00Z", false, "2026-05-01T00:00:00Z"},
		"clocks on: the day is an hour less": {calendar("Europe/Berlin", everyDay(core.Period{From: hm(9, 0), To: hm(17, 0)})), "2025-03-30T06:59:59Z", false, "2025-03-30T07:00:00Z"},
		"clocks on: nine is nine":            {calendar("Europe/Berlin", everyDay(core.Period{From: hm(9, 0), To: hm(17, 0)})), "2025-03-30T07:00:00Z", true, ""},
		"clocks on: the end too":             {calendar("Europe/Berlin", everyDay(core.Period{From: hm(9, 0), To: hm(17, 0)})), "2025-03-30T15:00:00Z", false, "2025-03-31T07:00:00Z"},
		"clocks on: opens in the gap":        {calendar("Europe/Berlin", everyDay(core.Period{From: hm(2, 30), To: hm(5, 0)})), "2025-03-30T00:30:00Z", false, "2025-03-30T01:00:00Z"},
		"clocks back: nine is nine":          {calendar("Europe/Berlin", everyDay(core.Period{From: hm(9, 0), To: hm(17, 0)})), "2025-10-26T08:00:00Z", true, ""},
		"clocks back: first time round":      {calendar("Europe/Berlin", everyDay(core.Period{From: hm(1, 0), To: hm(2, 30)})), "2025-10-26T00:15:00Z", true, ""},
		"clocks back: second time round":     {calendar("Europe/Berlin", everyDay(core.Period{From: hm(1, 0), To: hm(2, 30)})), "2025-10-26T01:15:00Z", true, ""},
		"clocks back: after both":            {calendar("Europe/Berlin", everyDay(core.Period{From: hm(1, 0), To: hm(2, 30)})), "2025-10-26T01:30:00Z", false, "2025-10-27T00:00:00Z"},
		"a day without a midnight":           {calendar("America/Sao_Paulo", map[time.Weekday][]core.Period{time.Sunday: {{From: hm(9, 0), To: hm(17, 0)}}}), "2018-11-04T12:00:00-02:00", true, ""},
		"a day without a midnight to come":   {calendar("America/Sao_Paulo", map[time.Weekday][]core.Period{time.Sunday: {{From: hm(9, 0), To: hm(17, 0)}}}), "2018-11-03T12:00:00-03:00", false, "2018-11-04T09:00:00-02:00"},
		"opening at the missing midnight":    {calendar("America/Sao_Paulo", map[time.Weekday][]core.Period{time.Sunday: {{From: 0, To: hm(17, 0)}}}), "2018-11-03T12:00:00-03:00", false, "2018-11-04T01:00:00-02:00"},
		"the south's clocks back":            {calendar("Australia/Sydney", everyDay(core.Period{From: hm(9, 0), To: hm(17, 0)})), "2025-04-05T22:59:59Z", false, "2025-04-05T23:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			var want time.Time
			if c.opens != "" {
				if want, err = time.Parse(time.RFC3339, c.opens); err != nil {
					t.Fatal(err)
				}
			}
			open, opens := Open(c.calendar, now)
			if open != c.open || !opens.Equal(want) {
				t.Fatalf("open %v, opens %v; want %v, %v", open, opens, c.open, want.UTC())
			}
		})
	}
}
