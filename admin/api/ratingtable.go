package api

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/core"
	"parley/core/canon"
)

// ratingPage is how many ratings are read at a time for a table.
const ratingPage = 500

type ratingExport struct{ RatingFilter }

// exportRatings writes ratings as they are read: a table may be long.
func (a *API) exportRatings(ctx context.Context, c *call, in *ratingExport) (*huma.StreamResponse, error) {
	q := in.query()
	q.Limit = ratingPage
	first, err := c.scope.Ratings(ctx, q)
	if err != nil {
		return nil, err
	}
	names, err := c.names(ctx)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", "text/csv; charset=utf-8")
		hc.SetHeader("Content-Disposition", `attachment; filename="ratings.csv"`)
		out := hc.BodyWriter()
		if _, err := io.WriteString(out, "\ufeff"); err != nil {
			return // the caller went away: nobody is left to tell
		}
		w := csv.NewWriter(out)
		w.UseCRLF = true
		w.Write(ratingHeadings(c.lang)) //nolint:errcheck // Flush keeps it for Error
		for rows := first; len(rows) > 0; {
			if err := c.writeRatings(ctx, w, rows, names); err != nil {
				a.Log.Warn("a table of ratings broke off", "err", err)
				return
			}
			if len(rows) < ratingPage {
				return
			}
			last := rows[len(rows)-1]
			q.After.At, q.After.ID = last.Asked.UnixMilli(), last.Conversation
			if rows, err = c.scope.Ratings(ctx, q); err != nil {
				a.Log.Warn("a table of ratings broke off", "err", err)
				return
			}
		}
		w.Flush()
	}}, nil
}

func ratingHeadings(lang string) []string {
	if lang == "zh" {
		return []string{"询问时间", "评价时间", "评分", "原因", "方式", "客服", "机器人", "技能组", "渠道账号", "客户", "会话"}
	}
	return []string{"asked", "answered", "score", "reason", "way", "agent", "bot", "team", "account", "contact", "conversation"}
}

// names are what people know things by.
func (c *call) names(ctx context.Context) (map[canon.ID]string, error) {
	d, err := c.scope.Directory(ctx)
	if err != nil {
		return nil, err
	}
	out := map[canon.ID]string{}
	for id, v := range d.Accounts {
		out[id] = v.Name
	}
	for id, v := range d.Bots {
		out[id] = v.Name
	}
	for id, v := range d.Teams {
		out[id] = v.Name
	}
	var after canon.ID
	for {
		all, err := c.scope.Agents(ctx, after, ratingPage)
		if err != nil {
			return nil, err
		}
		for _, v := range all {
			out[v.ID], after = v.Name, v.ID
		}
		if len(all) < ratingPage {
			return out, nil
		}
	}
}

func (c *call) writeRatings(ctx context.Context, w *csv.Writer, rows []core.Rating, names map[canon.ID]string) error {
	contacts := make([]canon.ID, len(rows))
	for i, v := range rows {
		contacts[i] = v.Contact
	}
	people, err := c.scope.ContactsByID(ctx, contacts)
	if err != nil {
		return err
	}
	for _, p := range people {
		names[p.ID] = p.Name
	}
	for _, v := range rows {
		score, answered := "", ""
		if v.Score > 0 {
			score, answered = strconv.Itoa(v.Score), v.Answered.Format(time.RFC3339)
		}
		cells := []string{v.Asked.Format(time.RFC3339), answered, score, v.Reason, string(v.Way), names[v.Agent], names[v.Bot], names[v.Team], names[v.Account], names[v.Contact], v.Conversation.String()}
		for i := range cells {
			cells[i] = noFormula(cells[i])
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// noFormula keeps a spreadsheet from reading a cell as a formula: one that begins
// like one, after quotes and spaces, gets a quote before it.
func noFormula(cell string) string {
	rest := strings.TrimLeft(cell, "' ")
	if rest != "" && strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(rest)[0]) {
		return "'" + cell
	}
	return cell
}
