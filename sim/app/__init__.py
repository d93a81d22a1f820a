"""The page: what ``helpseek app`` serves, for a class, a meeting, or anyone who wants to see the model live.

A page is one module in ``sim/app/pages`` and one line in the list PAGES there. The module has a class ``Page``, a
``View`` (a page that stands still) or a ``Player`` (one with a community that lives), whose ``template_file`` names the
.vue file beside it: what the page shows. Python sends ``still`` and ``frame``; the browser calls ``vue_<name>`` methods
by their names. Words are in ``words.yaml`` under the page's name, colours in ``palette.py``, the parts that pages share
(network, charts, player) in ``assets/``. Each number on a page is one that the engine computed.
"""
