package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// MaxAttributes is how many attributes a tenant may define.
const MaxAttributes = 50

const attributeCols = "id, key, name, kind, options, pos"

func scanAttribute(rows *sql.Rows) (core.Attribute, error) {
	var v core.Attribute
	var options []byte
	if err := rows.Scan(&v.ID, &v.Key, &v.Name, &v.Kind, &options, &v.Pos); err != nil {
		return v, err
	}
	return v, json.Unmarshal(options, &v.Options)
}

// Attributes lists what the tenant keeps of its contacts, in the order it is
// shown.
func (c Scope) Attributes(ctx context.Context) ([]core.Attribute, error) {
	return attributes(ctx, c.s, c.tenant)
}

// Attributes is Scope.Attributes inside the transaction.
func (t *Tx) Attributes(ctx context.Context) ([]core.Attribute, error) {
	return attributes(ctx, t, t.tenant)
}

func attributes(ctx context.Context, r reader, tenant canon.ID) ([]core.Attribute, error) {
	out, err := list(ctx, r, scanAttribute, "SELECT "+attributeCols+" FROM attributes WHERE tenant = $1 ORDER BY pos, id", tenant)
	if err != nil {
		return nil, fmt.Errorf("list attributes: %w", err)
	}
	return out, nil
}

// Attribute reads one.
func (c Scope) Attribute(ctx context.Context, id canon.ID) (core.Attribute, error) {
	v, err := one(ctx, c.s, scanAttribute, "SELECT "+attributeCols+" FROM attributes WHERE tenant = $1 AND id = $2", c.tenant, id)
	if errors.Is(err, errNone) {
		return v, core.NotFound("attribute")
	}
	if err != nil {
		return v, fmt.Errorf("read attribute: %w", err)
	}
	return v, nil
}

// SaveAttribute adds an attribute (zero id) or stores its name, options and
// place. Key and kind stay: values are written by them.
func (t *Tx) SaveAttribute(ctx context.Context, v core.Attribute, by canon.ID) (core.Attribute, error) {
	if v.Options == nil {
		v.Options = []string{}
	}
	options, err := json.Marshal(v.Options)
	if err != nil {
		return v, err
	}
	if err := t.lockTenant(ctx); err != nil {
		return v, err
	}
	all, err := t.Attributes(ctx)
	if err != nil {
		return v, err
	}
	for _, other := range all {
		if other.ID == v.ID {
			continue
		}
		if other.Key == v.Key {
			return v, taken("body.key")
		}
		if other.Name == v.Name {
			return v, taken("body.name")
		}
	}
	if v.ID.IsZero() {
		if len(all) >= MaxAttributes {
			return v, tooManyAttributes()
		}
		v.ID = canon.NewID()
		if len(all) > 0 {
			v.Pos = all[len(all)-1].Pos + 1
		}
		_, err = t.exec("INSERT INTO attributes (tenant, id, key, name, kind, options, pos) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			t.tenant, v.ID, v.Key, v.Name, string(v.Kind), string(options), v.Pos)
	} else {
		_, err = t.exec("UPDATE attributes SET name = $3, options = $4, pos = $5 WHERE tenant = $1 AND id = $2", t.tenant, v.ID, v.Name, string(options), v.Pos)
	}
	if err != nil {
		return v, err
	}
	return v, t.announce(core.FeedSettings, by, v.ID, v)
}

// DeleteAttribute removes an attribute. Values that contacts have stay with
// them, unseen, and are shown again if one of the same key is made.
func (t *Tx) DeleteAttribute(id, by canon.ID) error {
	n, err := t.exec("DELETE FROM attributes WHERE tenant = $1 AND id = $2", t.tenant, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return core.NotFound("attribute")
	}
	return t.announce(core.FeedSettings, by, id, nil)
}

func tooManyAttributes() error {
	return &core.Fault{Kind: core.FaultConflict, Code: "too_many",
		Text:   connector.Text{EN: "There are 50 attributes already.", ZH: "自定义属性已达 50 个。"},
		Remedy: connector.Text{EN: "Delete one that is not used.", ZH: "请先删除不再使用的属性。"}}
}
