package orchestrate

import (
	"testing"
	"time"

	"parley/core"
)

func when(t *testing.T, text string) time.Time {
	t.Helper()
	out, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestU13_GoalsCountOpeningHoursThroughEveryChangeOfClocksAndHolidays(t *testing.T) {
	office := map[time.Weekday][]core.Period{}
	for d := time.Monday; d <= time.Friday; d++ {
		office[d] = []core.Period{{From: hm(13, 30), To: hm(18, 0)}, {From: hm(9, 0), To: hm(12, 0)}} // in no order
	}
	early := everyDay(core.Period{From: hm(1, 0), To: hm(4, 0)})
	always := everyDay(core.Period{From: 0, To: 1440})
	for name, c := range map[string]struct {
		calendar core.Calendar
		from     string
		minutes  int
		due      string // "" for never
	}{
		"within one morning":             {calendar("Asia/Shanghai", office), "2025-06-02T09:10:00+08:00", 30, "2025-06-02T09:40:00+08:00"},
		"over lunch":                     {calendar("Asia/Shanghai", office), "2025-06-02T11:50:00+08:00", 30, "2025-06-02T13:50:00+08:00"},
		"to the last minute":             {calendar("Asia/Shanghai", office), "2025-06-02T11:30:00+08:00", 30, "2025-06-02T12:00:00+08:00"},
		"written at night":               {calendar("Asia/Shanghai", office), "2025-06-02T03:00:00+08:00", 15, "2025-06-02T09:15:00+08:00"},
		"over the weekend":               {calendar("Asia/Shanghai", office), "2025-06-06T17:30:00+08:00", 60, "2025-06-09T09:30:00+08:00"},
		"over a holiday":                 {calendar("Asia/Shanghai", office, core.Holiday{Date: "2025-06-09"}), "2025-06-06T17:30:00+08:00", 60, "2025-06-10T09:30:00+08:00"},
		"a holiday with hours":           {calendar("Asia/Shanghai", office, core.Holiday{Date: "2025-06-08", Periods: []core.Period{{From: hm(10, 0), To: hm(10, 20)}}}), "2025-06-06T17:30:00+08:00", 60, "2025-06-09T09:10:00+08:00"},
		"two weeks of work":              {calendar("Asia/Shanghai", office), "2025-06-02T09:00:00+08:00", 10 * 450, "2025-06-13T18:00:00+08:00"},
		"clocks on between":              {calendar("Europe/Berlin", office), "2025-03-28T17:30:00+01:00", 60, "2025-03-31T09:30:00+02:00"},
		"clocks back between":            {calendar("Europe/Berlin", office), "2025-10-24T17:30:00+02:00", 60, "2025-10-27T09:30:00+01:00"},
		"clocks on while open":           {calendar("Europe/Berlin", early), "2025-03-30T01:30:00+01:00", 60, "2025-03-30T03:30:00+02:00"},
		"the skipped hour is not open":   {calendar("Europe/Berlin", early), "2025-03-30T01:00:00+01:00", 121, "2025-03-31T01:01:00+02:00"},
		"clocks back while open":         {calendar("Europe/Berlin", early), "2025-10-26T01:30:00+02:00", 120, "2025-10-26T02:30:00+01:00"},
		"the doubled hour is open twice": {calendar("Europe/Berlin", early), "2025-10-26T01:00:00+02:00", 240, "2025-10-26T04:00:00+01:00"},
		"a period of the doubled hour":   {calendar("Europe/Berlin", everyDay(core.Period{From: hm(2, 30), To: hm(3, 30)})), "2025-10-26T02:00:00+02:00", 45, "2025-10-26T02:45:00+01:00"},
		"half an hour of clocks":         {calendar("Australia/Lord_Howe", early), "2025-04-06T01:00:00+11:00", 210, "2025-04-06T04:00:00+10:30"},
		"a day without a midnight":       {calendar("America/Sao_Paulo", always), "2018-11-03T23:30:00-03:00", 60, "2018-11-04T01:30:00-02:00"},
		"a day that was left out":        {calendar("Pacific/Apia", always), "2011-12-29T23:30:00-10:00", 60, "2011-12-31T00:30:00+14:00"},
		"never":                          {calendar("Asia/Shanghai", nil), "2025-06-02T10:00:00+08:00", 1, ""},
		"once a year":                    {calendar("UTC", nil, core.Holiday{Date: "2026-05-01", Periods: []core.Period{{From: 0, To: 60}}}), "2025-06-01T00:00:00Z", 60, "2026-05-01T01:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.calendar.TimeZone)
			if err != nil {
				t.Fatal(err)
			}
			from, rest := when(t, c.from), time.Duration(c.minutes)*time.Minute
			due := after(c.calendar, zone, from, rest)
			if c.due == "" {
				if !due.IsZero() {
					t.Fatalf("due %v, want never", due)
				}
				return
			}
			if want := when(t, c.due); !due.Equal(want) {
				t.Fatalf("due %v, want %v", due.In(zone), want)
			}
			if back := between(c.calendar, zone, from, due); back != rest {
				t.Errorf("%v passed until then, want %v", back, rest)
			}
		})
	}
}

// What is counted is, minute by minute, what is open.
func TestU13_OpeningTimeIsWhatIsOpen(t *testing.T) {
	for zoneName, start := range map[string]string{"Europe/Berlin": "2025-03-28T00:00:00Z", "America/New_York": "2025-10-31T00:00:00Z", "Australia/Lord_Howe": "2025-04-04T00:00:00Z", "Asia/Shanghai": "2025-09-28T00:00:00Z", "America/Sao_Paulo": "2018-11-02T00:00:00Z"} {
		c := calendar(zoneName, everyDay(core.Period{From: 0, To: hm(2, 20)}, core.Period{From: hm(2, 40), To: hm(3, 10)}, core.Period{From: hm(22, 0), To: 1440}), core.Holiday{Date: "2025-10-01"})
		zone, err := time.LoadLocation(zoneName)
		if err != nil {
			t.Fatal(err)
		}
		from := when(t, start)
		var sum time.Duration
		for at := from; at.Before(from.AddDate(0, 0, 6)); at = at.Add(time.Minute) {
			if got := between(c, zone, from, at); got != sum {
				t.Fatalf("%s: %v open until %v, want %v", zoneName, got, at.In(zone), sum)
			}
			if open, _ := Open(c, at); open {
				sum += time.Minute
			}
		}
	}
}
