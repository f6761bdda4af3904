"""console: the office's pages in the browser.

Enters: a request, with the session cookie of somebody who logged in. Leaves: a page rendered on the
server, a file, or a decision made through `mailbot.deciding` (the same call, the same row of the
audit trail as by command or mail, with the user's name). Nothing is judged here.

A page is a module of `console/pages` with its routes; `app.py` finds it by being there::

    # mailbot/console/pages/board.py
    from mailbot.console.routes import Visit, action, page

    def board(visit: Visit) -> Response:
        dossiers = read_board(visit.ledger, visit.campaign, visit.now)
        return visit.render("board.html.j2", title="看板", dossiers=dossiers)

    def note(visit: Visit) -> Response:
        outcome = visit.decide(lambda desk: hold(desk, visit.field("unit"), visit.field("reason")))
        return visit.back_to("/board", told=visit.say("已搁置"))

    routes = [
        page("/board", board, needs="viewer"),
        action("/board/hold", note, needs="clerk"),
    ]

- An endpoint is a plain function of a `Visit` and runs in a worker thread. `visit.ledger` is one
  read-only connection and one snapshot, closed when the endpoint returns: read all that the page
  needs before. `visit.campaign` has what was added to its units.
- Every route declares whom it `needs`: anyone, viewer, clerk or admin; a route that is made
  otherwise is refused when the application is made, and a test walks all of them.
- `action` is a POST. No page of another host sent it (`origins.py`), its form was read (at most
  `max_body` octets, in `BODY_SECONDS`) and its token proved before the function is called; a form
  in a template begins with `{{ token() }}`.
- Templates lie in `templates/console`, extend `console/base.html.j2`, and escape everything. The
  policy allows no inline script and no `style=`: looks belong into `static/console.css`, behaviour
  into a file of `static` that `asset("name.js")` addresses by its content's hash. Every page works
  without script.
- Words stand in Chinese inside `_("…")`, or `visit.say("…")`; `words.py` has their English.
- What is shown in the navigation, and in which order, is `NAVIGATION` of `pages/__init__.py`; an
  entry shows once a page has its path.
- What a unit sent is hostile: it is served by `visit.attachment` only (attachment, nosniff,
  sandboxed), pictures only as re-encoded by the workers.
"""
