package devices

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
)

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.onKey(msg)
	case tea.PasteMsg:
		return p.onPaste(msg)
	case tea.MouseClickMsg:
		return p.onClick(msg)
	case tea.MouseWheelMsg:
		return p.onWheel(msg)
	case loadedMsg:
		return p.onLoaded(msg)
	case refreshedMsg:
		return p.onRefreshed(msg)
	case statsMsg:
		return p.onStats(msg)
	case choiceMsg:
		return p.onChoice(msg)
	case arrangedMsg:
		return p.onArranged(msg)
	case answerMsg:
		return p.onAnswer(msg)
	case rowsMsg:
		return p.onRows(msg)
	case seenMsg:
		return p.onSeen(msg)
	case keptMsg:
		return p.onKept(msg)
	case exportedMsg:
		return p.onExported(msg)
	case tickMsg:
		return p.onTick(msg)
	case removeMsg:
		return p.removeMany(msg)
	case removedMsg:
		return p.onRemoved(msg)
	case removeAgainMsg:
		return p.onRemoveAgain(msg)
	case removeOneMsg:
		return p.removeOne(msg)
	case deletedMsg:
		return p.onDeleted(msg)
	case startedMsg:
		return p.onStarted(msg)
	case certificateMsg:
		return p.askCertificate(msg)
	case takeOverMsg:
		return p.onTakeOver(msg)
	case stoppedMsg:
		return p.onStopped(msg)
	case page.SelectDevice:
		return p.selectDevice(msg.DeviceID)
	case page.ToggleSimulated:
		return p.toggle(msg.DeviceID)
	case page.StopSimulated:
		return p.stopAll()
	case page.DevicesChanged:
		return p.pollAnew()
	case page.OpenModule:
		return p.o.Detail.Update(msg)
	}
	return p.creating(msg)
}

func (p *Page) onKey(msg tea.KeyPressMsg) tea.Cmd {
	if p.queries.bar.Opened() {
		return p.typeQuery(msg)
	}
	if p.filter.Focused() {
		return p.typeFilter(msg)
	}
	if p.pane == detailPane {
		if cmd, taken := p.o.Detail.Press(msg); taken {
			return cmd
		}
	}
	if denied := p.denied(msg); denied != nil {
		return denied
	}
	k := &p.keys
	switch {
	case key.Matches(msg, k.back):
		return p.back()
	case key.Matches(msg, k.zoom):
		return p.zoom()
	case key.Matches(msg, k.section):
		cmd, _ := p.o.Detail.Press(msg)
		return cmd
	case key.Matches(msg, k.newDevice):
		return p.askNew()
	case key.Matches(msg, k.newMany):
		return p.askMany()
	case key.Matches(msg, k.remove):
		return p.askDelete()
	case key.Matches(msg, k.mark):
		return p.mark()
	case key.Matches(msg, k.markAll):
		return p.markAll()
	case key.Matches(msg, k.callMany):
		return p.callMarked()
	case key.Matches(msg, k.startStop) && len(p.rows.marks) > 0:
		return p.startMarked()
	case key.Matches(msg, k.startStop):
		return p.startStop()
	case key.Matches(msg, k.stopAll):
		return p.stopAll()
	case key.Matches(msg, k.reload):
		return p.reload()
	case key.Matches(msg, k.query):
		return p.openBar()
	case key.Matches(msg, k.follow):
		return p.follow()
	case key.Matches(msg, k.showKeys):
		shown := p.showDetail()
		return tea.Batch(shown, p.o.Detail.Update(msg))
	case key.Matches(msg, k.copy):
		return p.o.Detail.Update(msg)
	case p.pane == detailPane:
		return nil
	case key.Matches(msg, k.filter):
		p.filter.Focus()
	case key.Matches(msg, k.open):
		return p.open()
	case key.Matches(msg, k.columns):
		return p.askColumns()
	case key.Matches(msg, k.sort):
		return p.sortBy(p.nextColumn(), false)
	case key.Matches(msg, k.sortReverse):
		return p.sortBy(p.rows.by, !p.rows.descending)
	case p.table.Update(msg, p.ctx.Keys):
		p.load.follow = false
		if key.Matches(msg, p.ctx.Keys.Bottom) {
			return tea.Batch(p.readAll(), p.moved())
		}
		return p.moved()
	}
	return nil
}

// moved follows the cursor: the detail pane shows its row, and more rows are
// read when the end of those that are here comes near.
func (p *Page) moved() tea.Cmd {
	p.updateKeys()
	return tea.Batch(p.showSelected(), p.readAhead(), p.arrangeMany())
}

func (p *Page) showSelected() tea.Cmd {
	if p.lost() {
		return p.o.Detail.SetDevice(p.shown)
	}
	d, ok := p.rows.byID(p.table.Key())
	if !ok {
		p.shown = hub.Device{}
		p.o.Detail.Forget()
		return nil
	}
	p.shown = d
	return p.o.Detail.SetDevice(d)
}

func (p *Page) selectDevice(id string) tea.Cmd {
	if p.table.Select(id) {
		return p.moved()
	}
	p.wanted = id
	if p.queries.asked != "" {
		return p.leaveAnswer() // the device may be in the whole list
	}
	return p.poll()
}

func (p *Page) follow() tea.Cmd {
	id := p.table.Key()
	return func() tea.Msg { return page.FollowDevice{DeviceID: id} }
}
