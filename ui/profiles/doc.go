// Package profiles is the page of device profiles: those that the program brings along and the user's own, what each is,
// and the messages that a device of it would send next. The user's are files in a folder; they are made, edited here or in
// an editor of the user's choice, and deleted. Nothing is simulated here: whoever runs devices is told by page.UseProfile.
package profiles
