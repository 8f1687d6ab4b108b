"""A synthetic hospital: people, diseases, visits and results as csv deliveries.

Every patient is simulated alone, in the order of time, from a random stream of their
own; so the same arguments give the same bytes and memory does not grow with the
patients. The hospital's clock is UTC. Nothing here is copied from real people, and no
code, phone number, national id or address leads to one.

``simulation`` runs it; ``patient_course`` is one patient's time line; ``population``
draws people; ``disease`` says where a body tends to, ``body`` how fast; ``treatment``
decides, ``medicines`` prescribes and dispenses; ``laboratory``, ``observations`` and
``documentation`` write down; ``paperwork`` makes everything that is written beside what
happened (contacts, insurance, orders, doses, notes, claims) from the finished record,
with draws of its own; ``mistakes`` and ``paper_mistakes`` plant what real deliveries
get wrong; ``version_times`` says when each of it was known.
"""
