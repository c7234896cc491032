// Package editor is a text to type into: lines with numbers, marks at mistakes, undo. It knows nothing of what the text
// means but its colours, and does no I/O.
//
// The text area of bubbles lies behind what a file needs: it breaks long lines, makes tabs spaces, drops characters that
// it does not show, takes nothing back, and draws all of its text at each key. Here a text that is not changed is given
// back byte for byte, and only the lines that can be seen are drawn, each made harmless first. Its key bindings are those
// of that text area.
package editor
