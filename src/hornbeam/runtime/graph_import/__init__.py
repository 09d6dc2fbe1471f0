"""Reading graphs: `nodes` parses what a file says, `loops` and `branches` find the structure in TF1's control flow,
`builder` adds it all to a graph."""
