"""The model card: what a challenger is, is for, can and cannot do, for people, in both languages.

``content`` says in which order the sections stand; ``opening``, ``results``, ``drivers``, ``groups`` and
``ending`` give them as neutral blocks (``blocks``) out of ``wording``, ``checks`` and ``origin``. ``writer`` is what
HTML and Markdown share; ``html`` (with ``style``) and ``markdown`` write one language after the other, Chinese with
the marks of ``punctuation``. ``plots``, ``curves`` and ``scatter`` draw on a ``canvas``.
Every number on a card is a figure of the run (:mod:`training.figures`), looked up by name, never retyped.
"""
