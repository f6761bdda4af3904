"""Taking mail in: from a server or a folder to one parsed `Message` and its files at rest.

Promises: a mail's octets are never held in memory; they stream to the raw spool file and through
`splitter.Splitter`, which decodes, hashes and stores every leaf of the MIME tree that is not the
body text as a blob of its own (`blobs.BlobStore`). What is left is a skeleton: the same headers
and body text, attachments emptied; `message.parse_message` reads that with mail-parser. No input
raises: what is wrong with a mail stands in its `defects`, and no octet of it is dropped silently.

Enters: octets of a message in chunks of any size, an IMAP server, a Maildir or folder of .eml.
Leaves: `Message`, `Attachment` and `Blob` of `mailbot.model`, whether a mail may be answered
(`NoAnswer`), the links to cloud attachments in it (`CloudLink`). No rule of a campaign is known
here, and no file is looked into beyond the first octets that name it.
"""
