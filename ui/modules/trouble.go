package modules

import (
	"hubscope/ui/credential"
	"hubscope/ui/safe"
)

// trouble says what is under way, or why the module could not be read or changed, above what
// is known of it.
func (p *One) trouble() []string {
	if doing := p.doing[p.name()]; doing != "" {
		return []string{" " + p.ctx.Styles.Waiting.Render("… "+safe.Line(doing, max(8, p.width-4))), ""}
	}
	return credential.Trouble{Ctx: p.ctx, Width: p.width, Failed: p.failed, Err: p.err, Read: p.at}.Lines()
}
