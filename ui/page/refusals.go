package page

import "slices"

// Refusal is a reason, and what cannot be done for it.
type Refusal struct {
	Why  string
	What []string
}

// words are the actions as a person would name them. Faults are left out: where they cannot be made, they have no key.
var words = [actions]string{
	ReadRegistry:   "reading devices, modules and their keys",
	ChangeRegistry: "creating, changing and deleting devices and modules",
	ReadTwins:      "reading twins and asking queries",
	ChangeTwins:    "changing twins",
	Invoke:         "calling methods",
	SendMessages:   "sending messages and purging their queue",
	Simulate:       "starting simulated devices",
}

// Refusals are what cannot be done on the hub as far as it is known, by their reasons.
func (c *Context) Refusals() []Refusal {
	var out []Refusal
	for a, what := range words {
		why := c.Denied(Action(a))
		if why == "" || what == "" {
			continue
		}
		i := slices.IndexFunc(out, func(r Refusal) bool { return r.Why == why })
		if i < 0 {
			i = len(out)
			out = append(out, Refusal{Why: why})
		}
		out[i].What = append(out[i].What, what)
	}
	return out
}
