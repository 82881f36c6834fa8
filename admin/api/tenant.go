package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

type tenantInput struct {
	Body struct {
		Name     *string         `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Language *string         `json:"language,omitempty" enum:"zh,en"`
		Hours    *canon.ID       `json:"hours,omitempty" doc:"A calendar; empty: always open"`
		Settings *settingsChange `json:"settings,omitempty"`
	}
}

// settingsChange holds the switches to change.
type settingsChange struct {
	WideLoad            *bool   `json:"wide_load,omitempty"`
	IdleClose           *int    `json:"idle_close,omitempty" minimum:"0" maximum:"2592000"`
	SilentClose         *int    `json:"silent_close,omitempty" minimum:"0" maximum:"2592000"`
	RequireTag          *bool   `json:"require_tag,omitempty"`
	RecallWithin        *int    `json:"recall_within,omitempty" minimum:"0" maximum:"86400"`
	LiveTyping          *bool   `json:"live_typing,omitempty"`
	HandoffLine         *string `json:"handoff_line,omitempty" maxLength:"1000"`
	OffHoursLine        *string `json:"off_hours_line,omitempty" maxLength:"1000"`
	HideAddress         *bool   `json:"hide_address,omitempty"`
	RequireSecondFactor *bool   `json:"require_second_factor,omitempty"`
	MaxFile             *int64  `json:"max_file,omitempty" minimum:"0" maximum:"1073741824"`
	// Goals replaces all of them.
	Goals *core.Goals `json:"goals,omitempty"`
	// Rating replaces all of it.
	Rating *core.RatingSettings `json:"rating,omitempty"`
}

func (s *settingsChange) apply(to *core.TenantSettings) {
	if s == nil {
		return
	}
	set(&to.WideLoad, s.WideLoad)
	set(&to.IdleClose, s.IdleClose)
	set(&to.SilentClose, s.SilentClose)
	set(&to.RequireTag, s.RequireTag)
	set(&to.RecallWithin, s.RecallWithin)
	set(&to.LiveTyping, s.LiveTyping)
	set(&to.HandoffLine, s.HandoffLine)
	set(&to.OffHoursLine, s.OffHoursLine)
	set(&to.HideAddress, s.HideAddress)
	set(&to.RequireSecondFactor, s.RequireSecondFactor)
	set(&to.MaxFile, s.MaxFile)
	set(&to.Goals, s.Goals)
	set(&to.Rating, s.Rating)
}

func (a *API) addTenant() {
	add(a, route{method: "GET", path: "/tenant", tag: "Settings", may: auth.TenantRead, summary: "The business and its switches"},
		func(ctx context.Context, c *call, _ *none) (*answer[core.Tenant], error) {
			t, err := c.scope.ReadTenant(ctx)
			return &answer[core.Tenant]{t}, err
		})
	add(a, route{method: "PATCH", path: "/tenant", tag: "Settings", may: auth.TenantWrite, act: "tenant.changed", summary: "Change the business or its switches"},
		func(ctx context.Context, c *call, in *tenantInput) (*answer[core.Tenant], error) {
			b := in.Body
			if err := oneLineIf("body.name", b.Name); err != nil {
				return nil, err
			}
			if b.Settings != nil && b.Settings.Rating != nil {
				if err := fitRating(b.Settings.Rating); err != nil {
					return nil, err
				}
			}
			var out core.Tenant
			err := c.write(ctx, func(t *store.Tx) (string, error) {
				v, err := t.ReadTenant(ctx)
				if err != nil {
					return "", err
				}
				set(&v.Name, b.Name)
				set(&v.Language, b.Language)
				set(&v.Hours, b.Hours)
				required := v.Settings.RequireSecondFactor
				b.Settings.apply(&v.Settings)
				if !required && v.Settings.RequireSecondFactor {
					if err := c.hasFactor(ctx, t); err != nil {
						return "", err
					}
				}
				out = v
				return v.ID.String(), t.ChangeTenant(ctx, v, c.by())
			})
			if err == nil {
				a.Links.Changed(c.who.Tenant)
			}
			return &answer[core.Tenant]{out}, err
		})
}
