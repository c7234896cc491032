// Package paint turns payloads into lines of a terminal: JSON, text and bytes, broken at the width, in colours that
// are escape sequences made once. All text that it draws is made harmless first.
package paint
