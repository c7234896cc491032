package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"hubscope/hub"
	"hubscope/ui/uitest"
)

const pumpQuery = "STARTSWITH(deviceId, 'pump')"

func openQuery(s *stage) {
	selectWind1(s)
	s.Press("Q").See("Q ", "deviceId", "'pump-7'", "history")
}

func askQuery(s *stage, text string) {
	openQuery(s)
	s.Type(text).Press("enter")
}

// refuseQuery is how a hub refuses a text that it does not understand.
func refuseQuery(s *stage) {
	s.registry.fail(&hub.Error{
		Op: "list devices", Status: 400, Code: 400004, Name: "ArgumentInvalid", TrackingID: "T-400",
		Message: `BadRequest: line 1, column 50: there is no function "FOO".`,
	})
}

var queryScenes = []scene{
	{name: "empty", play: openQuery, see: []string{"a condition, or SELECT"}},
	{
		name: "offers", play: func(s *stage) {
			openQuery(s)
			s.Type("tags.site = 'north' AND tags.").Press("tab", "tab")
		},
		see: []string{"AND tags.site", "▸ tags.site"},
	},
	{
		name: "mistake", play: func(s *stage) {
			openQuery(s)
			s.Type("status = 'enabled' ORDER BY deviceId")
		},
		see: []string{"column 20", "there is no ORDER BY", "ORDER BY deviceId  "},
	},
	{
		name: "refused", play: func(s *stage) {
			openQuery(s)
			refuseQuery(s)
			s.Type("status = 'enabled' AND FOO(deviceId)").Press("enter")
		},
		see: []string{"column 22: the hub does not take it", "correct it"},
	},
	{
		name: "throttled", play: func(s *stage) {
			openQuery(s)
			s.registry.fail(&hub.Error{Op: "list devices", Status: 429, Code: 429001, Name: "ThrottlingException", TrackingID: "T-429"})
			s.Type(pumpQuery).Press("enter")
		},
		see: []string{"throttled", "slow down", "STARTSWITH(deviceId"},
	},
	{name: "answer", play: func(s *stage) { askQuery(s, pumpQuery) }, see: []string{"query: STARTSWITH", "· 1 of 4", "pump-7", "637194", "version "}, gone: "old-gateway"},
	{name: "none", play: func(s *stage) { askQuery(s, "STARTSWITH(deviceId, 'x')") }, see: []string{"· 0 of 4", "No device matches.", "shows all devices"}},
	{
		name: "rows", play: func(s *stage) {
			askQuery(s, "SELECT status, tags.site, COUNT() AS n FROM devices GROUP BY status, tags.site")
		},
		see: []string{"2 rows", "1204", "disabled", `{"floor":[1,2]}`},
	},
	{
		name: "row", play: func(s *stage) {
			askQuery(s, "SELECT status, tags.site, COUNT() AS n FROM devices GROUP BY status, tags.site")
			s.See("2 rows").Press("j", "enter")
		},
		see: []string{`"floor": [`, `"note"`},
	},
	{
		name: "favourites", play: func(s *stage) {
			openQuery(s)
			s.Press("ctrl+o").See("Queries", "▸ north").Press("j")
		},
		see: []string{"▸ pumps", pumpQuery},
	},
	{
		name: "keep", play: func(s *stage) {
			openQuery(s)
			s.Type(pumpQuery).Press("ctrl+s")
		},
		see: []string{"Keep the query", "▸ pumps", "it is replaced"},
	},
}

const someQueries = `history = ["tags.floor = 6"]

[[favourite]]
name = "north"
query = "tags.site = 'north'"

[[favourite]]
name = "pumps"
query = "STARTSWITH(deviceId, 'pump')"
`

// TestQueryScreen holds the frames of the bar that queries are typed into.
func TestQueryScreen(t *testing.T) {
	for _, sc := range slices.Concat(queryScenes, queryFailures()) {
		sc.devices = fourDevices()
		for _, theme := range []ThemeChoice{DarkTheme, LightTheme, MonoTheme} {
			for _, size := range uitest.Sizes {
				if theme != DarkTheme && size != uitest.Sizes[1] {
					continue
				}
				t.Run(fmt.Sprintf("%s-%s-%dx%d", sc.name, theme, size.Width, size.Height), func(t *testing.T) {
					dir, err := os.MkdirTemp("", "queries")
					if err != nil {
						t.Fatal(err)
					}
					// The history may still be written when the screen has gone.
					t.Cleanup(func() { _ = os.RemoveAll(dir) })
					path := filepath.Join(dir, "queries.toml")
					if err := os.WriteFile(path, []byte(someQueries), 0o600); err != nil {
						t.Fatal(err)
					}
					sc.before = func(s *stage) { s.kept = path }
					sc.run(t, theme, size)
				})
			}
		}
	}
}
