package api

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type importInput struct {
	ByID
	DryRun  bool   `query:"dry_run" doc:"Only say what would happen"`
	Replace bool   `query:"replace" doc:"Remove the rules the table does not hold"`
	RawBody []byte `contentType:"text/csv"`
}

type exportInput struct {
	ByID
	Language string `query:"language" enum:"zh,en" doc:"Of the headings; absent: as Accept-Language asks"`
	Version  int    `query:"version" minimum:"0" doc:"A published version; 0: the draft"`
}

// ImportResult is what an import did, or would do.
type ImportResult struct {
	BotImport
	DryRun   bool `json:"dry_run"`
	DraftRev int  `json:"draft_rev" doc:"Of the draft as it is now"`
}

// maxTable is the most bytes of an imported table.
const maxTable = 16 << 20

func (a *API) addBotTables() {
	add(a, route{method: "GET", path: "/bots/{id}/export.csv", tag: "Bots", may: auth.BotRead, summary: "A bot's rules as a table for spreadsheets",
		doc: "UTF-8 with a byte order mark; no cell is a formula."}, a.exportBot)
	add(a, route{method: "POST", path: "/bots/{id}/import", tag: "Bots", may: auth.BotWrite, act: "bot.imported", summary: "Read a table into the draft", most: maxTable,
		doc: "UTF-8, UTF-16 or GBK; comma, semicolon or tab. With any error nothing is changed. Undo takes it back."}, a.importBot)
}

func (a *API) tableOptions(ctx context.Context, c *call, language string) (TableOptions, error) {
	o := TableOptions{Language: language, Teams: map[canon.ID]string{}}
	d, err := c.scope.Directory(ctx)
	if err != nil {
		return o, err
	}
	for id, t := range d.Teams {
		o.Teams[id] = t.Name
	}
	return o, nil
}

func noTable() error {
	return &core.Fault{Kind: core.FaultConflict, Code: "no_table", Text: connector.Text{EN: "Bots of this kind are not kept as a table.", ZH: "此类机器人不支持表格。"},
		Remedy: connector.Text{EN: "Use its draft instead.", ZH: "请直接编辑草稿。"}}
}

func (a *API) exportBot(ctx context.Context, c *call, in *exportInput) (*huma.StreamResponse, error) {
	b, err := c.scope.Bot(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	k, err := a.kind(b.Kind, "")
	if err != nil {
		return nil, err
	}
	e, ok := k.(Exporter)
	if !ok {
		return nil, noTable()
	}
	content := b.Draft
	if in.Version > 0 {
		v, err := c.scope.BotVersion(ctx, b.ID, in.Version)
		if err != nil {
			return nil, err
		}
		content = v.Content
	}
	if in.Language == "" {
		in.Language = c.lang
	}
	o, err := a.tableOptions(ctx, c, in.Language)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := e.Export(&out, content, o); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "text/csv; charset=utf-8")
		ctx.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="bot-%s.csv"`, fileWord(b.Name, b.ID)))
		_, _ = ctx.BodyWriter().Write(out.Bytes()) // the caller went away: nobody is left to tell
	}}, nil
}

// fileWord is a name fit for a header: letters and digits of ASCII, else the id.
func fileWord(name string, id canon.ID) string {
	word := strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToLower(r)
		}
		return '-'
	}, name)
	if word = strings.Trim(word, "-"); word == "" {
		return id.String()
	}
	return word
}

func (a *API) importBot(ctx context.Context, c *call, in *importInput) (*answer[ImportResult], error) {
	b, err := c.scope.Bot(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	k, err := a.kind(b.Kind, "")
	if err != nil {
		return nil, err
	}
	i, ok := k.(Importer)
	if !ok {
		return nil, noTable()
	}
	o, err := a.tableOptions(ctx, c, c.lang)
	if err != nil {
		return nil, err
	}
	o.Replace = in.Replace
	got, err := i.Import(bytes.NewReader(in.RawBody), b.Draft, o)
	if err != nil {
		return nil, err
	}
	out := ImportResult{BotImport: got, DryRun: in.DryRun, DraftRev: b.DraftRev}
	if out.Items == nil {
		out.Items = []BotImportItem{}
	}
	if out.BotImport.Errors == nil {
		out.BotImport.Errors = []BotCellError{}
	}
	if in.DryRun || len(got.Errors) > 0 {
		return &answer[ImportResult]{out}, nil
	}
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		saved, err := t.SaveDraft(ctx, b.ID, got.Content, b.DraftRev, c.by())
		out.DraftRev = saved.DraftRev
		return fmt.Sprintf("%s +%d ~%d -%d", b.ID, got.Added, got.Changed, got.Removed), err
	})
	return &answer[ImportResult]{out}, err
}
