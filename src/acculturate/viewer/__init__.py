"""The viewer: a local page on runs, for one person on this machine.

    acculturate view runs/demo runs/other

It lists runs, shows items with the people's answers beside each arm's, prompts and replies as they
are kept, dialogues and written questions, keeps what people say of these, and lets two models of a
run answer side by side. It reads a run beside whoever works on it, a page at a time, however large
it is; the only files that it writes are verdicts.

    run_shelf      which runs there are, each read when a page wants it
    *_views        a page each: from a request to what a template shows
    guard          who may ask: this machine, with the token of the address
    local_server   the socket and the server

Starlette and uvicorn are an extra (`view`); nothing else of the package needs them.
"""
