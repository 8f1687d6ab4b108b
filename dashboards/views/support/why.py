"""Why can, or cannot, somebody see a patient?"""

import streamlit as st

from dashboards import session
from dashboards.support.answer import show_answer
from dashboards.support.asking import asked
from dashboards.support.mending import show_mending
from pipelines.access.explaining import explain

st.title("Why can, or can't, somebody see a patient?", anchor=False)
question = asked()
if question:
    show_answer(question[0], explain(session.settings(), session.person(), *question))
    show_mending(*question)
