package auth

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/core"
)

func TestX02_RolesNest(t *testing.T) {
	for _, c := range []struct{ less, more core.Role }{
		{core.RoleLimited, core.RoleAgent}, {core.RoleAgent, core.RoleSupervisor}, {core.RoleSupervisor, core.RoleAdmin}, {core.RoleDesigner, core.RoleAdmin}, {core.RoleAdmin, core.RoleOwner}, {core.RoleBot, core.RoleOwner},
	} {
		for _, p := range Permissions(c.less) {
			if !Can(c.more, p) {
				t.Errorf("%s may %s and %s may not", c.less, p, c.more)
			}
		}
	}
}

func TestX02_TableIsWhole(t *testing.T) {
	for _, r := range core.Roles() {
		all := Permissions(r)
		if len(all) == 0 {
			t.Errorf("%s may nothing", r)
		}
		for i, p := range all {
			if slices.Contains(all[:i], p) {
				t.Errorf("%s has %s twice", r, p)
			}
			if p == Public || p == Self {
				t.Errorf("%s has %s, which no role has", r, p)
			}
		}
	}
}

func TestX02_NobodyGivesMoreThanTheyHave(t *testing.T) {
	roles := append(core.Roles(), "", "root")
	rapid.Check(t, func(t *rapid.T) {
		r, by := rapid.SampledFrom(roles).Draw(t, "role"), rapid.SampledFrom(roles).Draw(t, "by")
		p := rapid.SampledFrom(All()).Draw(t, "permission")
		if Within(r, by) && p != Public && Can(r, p) && !Can(by, p) {
			t.Fatalf("%s may give out %s, which may %s", by, r, p)
		}
		if Can(r, p) != (p == Public || slices.Contains(Permissions(r), p)) {
			t.Fatalf("Can(%s, %s) and Permissions disagree", r, p)
		}
	})
	for _, r := range []core.Role{"", "root"} {
		if Within(r, core.RoleOwner) {
			t.Errorf("an owner may give out the role %q, which is none", r)
		}
	}
}

func TestX02_LimitedSeesLess(t *testing.T) {
	for _, r := range core.Roles() {
		limited := (Identity{Role: r}).Visible() != nil
		if limited != (r == core.RoleLimited) {
			t.Errorf("%s: limited is %t", r, limited)
		}
	}
}
