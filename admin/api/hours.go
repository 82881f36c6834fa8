package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type hoursBody struct {
	Name     string           `json:"name" minLength:"1" maxLength:"60"`
	TimeZone string           `json:"time_zone" minLength:"1" maxLength:"60" doc:"IANA name"`
	Week     [7][]core.Period `json:"week" doc:"Periods of each day in minutes since midnight, Monday first; no period: closed"`
	Holidays []holidayInput   `json:"holidays,omitempty" maxItems:"400"`
}

type holidayInput struct {
	Date    string        `json:"date" doc:"2006-01-02"`
	Name    string        `json:"name,omitempty" maxLength:"60"`
	Periods []core.Period `json:"periods,omitempty" doc:"None: closed"`
}

type hoursInput struct{ Body hoursBody }

type hoursChange struct {
	ByID
	Body struct {
		Name     *string           `json:"name,omitempty" minLength:"1" maxLength:"60"`
		TimeZone *string           `json:"time_zone,omitempty" minLength:"1" maxLength:"60"`
		Week     *[7][]core.Period `json:"week,omitempty"`
		Holidays *[]holidayInput   `json:"holidays,omitempty" maxItems:"400"`
	}
}

func (a *API) addHours() {
	add(a, route{method: "GET", path: "/hours", tag: "Routing", may: auth.HoursRead, summary: "Opening hours"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Calendar]], error) {
			after, err := in.after("hours")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Calendars(ctx, after, in.size())
			return listOf(all, in.Limit, func(v core.Calendar) string { return cursorText("hours", v.ID) }), err
		})
	add(a, route{method: "POST", path: "/hours", tag: "Routing", may: auth.HoursWrite, act: "hours.created", summary: "Make opening hours", status: 201},
		func(ctx context.Context, c *call, in *hoursInput) (*answer[core.Calendar], error) {
			b := in.Body
			return a.saveHours(ctx, c, canon.ID{}, func(v *core.Calendar) {
				v.Name, v.TimeZone, v.Week, v.Holidays = b.Name, b.TimeZone, b.Week, holidays(b.Holidays)
			})
		})
	add(a, route{method: "GET", path: "/hours/{id}", tag: "Routing", may: auth.HoursRead, summary: "One set of hours"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Calendar], error) {
			v, err := c.scope.Calendar(ctx, in.ID)
			return &answer[core.Calendar]{v}, err
		})
	add(a, route{method: "PATCH", path: "/hours/{id}", tag: "Routing", may: auth.HoursWrite, act: "hours.changed", summary: "Change opening hours"},
		func(ctx context.Context, c *call, in *hoursChange) (*answer[core.Calendar], error) {
			b := in.Body
			return a.saveHours(ctx, c, in.ID, func(v *core.Calendar) {
				set(&v.Name, b.Name)
				set(&v.TimeZone, b.TimeZone)
				set(&v.Week, b.Week)
				if b.Holidays != nil {
					v.Holidays = holidays(*b.Holidays)
				}
			})
		})
	add(a, route{method: "DELETE", path: "/hours/{id}", tag: "Routing", may: auth.HoursWrite, act: "hours.deleted", summary: "Delete hours nobody serves by", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return in.ID.String(), t.DeleteCalendar(ctx, in.ID, c.by()) })
		})
}

func holidays(in []holidayInput) []core.Holiday {
	out := make([]core.Holiday, len(in))
	for i, h := range in {
		out[i] = core.Holiday{Date: h.Date, Name: h.Name, Periods: h.Periods}
	}
	return out
}

func (a *API) saveHours(ctx context.Context, c *call, id canon.ID, change func(*core.Calendar)) (*answer[core.Calendar], error) {
	var v core.Calendar
	if !id.IsZero() {
		var err error
		if v, err = c.scope.Calendar(ctx, id); err != nil {
			return nil, err
		}
	}
	change(&v)
	var err error
	if v.Name, err = oneLine("body.name", v.Name); err != nil {
		return nil, err
	}
	if err := zone("body.time_zone", v.TimeZone); err != nil {
		return nil, err
	}
	for day, periods := range v.Week {
		if err := checkPeriods(fmt.Sprintf("body.week[%d]", day), periods); err != nil {
			return nil, err
		}
	}
	dates := map[string]bool{}
	for i, h := range v.Holidays {
		field := fmt.Sprintf("body.holidays[%d]", i)
		if _, err := time.Parse(time.DateOnly, h.Date); err != nil || dates[h.Date] {
			return nil, core.Invalid("date", field+".date", connector.Text{EN: "This is not a date, or it is listed twice.", ZH: "日期无效或重复。"},
				connector.Text{EN: "Write each date once, such as 2026-10-01.", ZH: "每个日期只写一次，例如 2026-10-01。"})
		}
		dates[h.Date] = true
		if err := checkPeriods(field+".periods", h.Periods); err != nil {
			return nil, err
		}
	}
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		v.ID = id // a second run makes a new one
		v, err = t.SaveCalendar(v, c.by())
		return v.ID.String(), err
	})
	if err == nil {
		a.Links.Changed(c.who.Tenant)
	}
	return &answer[core.Calendar]{v}, err
}

// checkPeriods refuses periods that end before they begin or overlap.
func checkPeriods(field string, all []core.Period) error {
	sorted := slices.SortedFunc(slices.Values(all), func(x, y core.Period) int { return x.From - y.From })
	for i, p := range sorted {
		if p.From >= p.To || p.To > 1440 || p.From < 0 || i > 0 && p.From < sorted[i-1].To {
			return core.Invalid("periods", field, connector.Text{EN: "A period ends before it begins, or two overlap.", ZH: "时段的结束早于开始，或时段重叠。"},
				connector.Text{EN: "Give minutes since midnight, such as from 540 to 1080.", ZH: "请填写自零点起的分钟数，例如 540 到 1080。"})
		}
	}
	return nil
}
