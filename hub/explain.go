package hub

// Explain gives one plain sentence for err and what to do next.
func Explain(err error) (sentence, next string) {
	if err == nil {
		return "", ""
	}
	return err.Error(), ""
}
