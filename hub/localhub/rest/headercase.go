package rest

import "context"

// headerName is a header's name as the client wrote it, where that is known:
// net/http changes its case, and names of application properties have one.
func headerName(_ context.Context, name string) string { return name }
