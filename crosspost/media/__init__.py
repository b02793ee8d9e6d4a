"""Pictures and videos recognised by their content: fingerprints, and how two of them correspond.

    files ──> fingerprinter ─────────────────────────> matches ───────────────────> Match
              kinds, sandbox: decoding, looking, pdq   index -> pairs -> pictures | videos
              packed, kept                             states, alignment, geometry, agreement

The room knows nothing of posts. Media come from strangers: a file is decoded in a child process with limits, and what
cannot be decoded costs one sentence. Decoding needs the extra `media`; what is matched is arrays of integers.
"""
