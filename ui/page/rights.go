package page

// Action is something that a user may or may not do on a hub. What a shared access
// policy permits is a set of them (protocol 1.4).
type Action int

// The actions that screens offer.
const (
	// ReadRegistry is reading device and module identities with their keys.
	ReadRegistry Action = iota
	// ChangeRegistry is creating, changing and deleting them.
	ChangeRegistry
	// ReadTwins is reading twins, and asking queries.
	ReadTwins
	// ChangeTwins is writing desired properties and tags.
	ChangeTwins
	// Invoke is calling direct methods.
	Invoke
	// SendMessages is sending cloud-to-device messages, and purging their queue.
	SendMessages
	// Simulate is connecting as a device.
	Simulate
	// MakeFaults is telling a local hub to fail.
	MakeFaults
	actions
)

// changes are the actions that leave a trace on the hub or at a device.
var changes = [actions]bool{ChangeRegistry: true, ChangeTwins: true, Invoke: true, SendMessages: true, Simulate: true, MakeFaults: true}

// Rights are what can be done on the hub, as far as it is known. The zero Rights
// permit everything: a policy with a name of one's own is found out by trying.
type Rights struct {
	// ReadOnly says that the user wants nothing changed.
	ReadOnly bool
	why      [actions]string
}

// Deny records that an action is refused, and why in a few words for people, such as
// "the policy service cannot read device identities".
func (r *Rights) Deny(a Action, why string) { r.why[a] = why }

// Denied is why an action cannot be done, or "" when it can, as far as it is known.
func (r *Rights) Denied(a Action) string {
	if r.ReadOnly && changes[a] {
		return "hubscope was started with --read-only"
	}
	return r.why[a]
}

// May says whether an action can be done, as far as it is known.
func (c *Context) May(a Action) bool { return c.Denied(a) == "" }

// Denied is why an action cannot be done, or "".
func (c *Context) Denied(a Action) string {
	if c.Rights == nil {
		return ""
	}
	return c.Rights.Denied(a)
}
