"""Long documents are prepared in a process of their own, so that the writer's turn is short and others' posts go on meanwhile."""
