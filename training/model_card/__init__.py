"""The model card: what a challenger is, is for, can and cannot do, for people, in both languages.

``content`` says what stands on it as neutral blocks; ``html`` and ``markdown`` write them; ``plots`` draws.
Every number on a card is a figure of the run (:mod:`training.figures`), looked up by name, never retyped.
"""
