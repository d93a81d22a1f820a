"""The model on Mesa's own page. Run it with: solara run docs/examples/solara_viz.py."""

import solara
from matplotlib.figure import Figure
from mesa.visualization import Slider, SolaraViz, make_plot_component

import sim
from sim.params import registry


def slider(name: str) -> Slider:
    """A slider for a parameter of the registry, over its range."""
    about = registry()[name]
    return Slider(name.split(".")[-1], about.value, about.low, about.high, (about.high - about.low) / 50)


def distress(model: sim.HelpSeekingModel) -> None:
    """Everybody's distress this week."""
    figure = Figure()
    axes = figure.subplots()
    axes.hist(model.agents.get("distress"), bins=range(28))
    axes.set(xlabel="distress score", ylabel="people", title=f"Week {model.week}")
    solara.FigureMatplotlib(figure)


PARAMETERS = {
    "setting": "secondary_school",
    "plan": {"type": "Select", "label": "plan", "value": "usual", "values": ["usual", "peer_leaders", "screening"]},
    "rng": {"type": "InputText", "label": "seed", "value": "1"},
    "norms.conformity": slider("norms.conformity"),
}
COMPONENTS = [
    make_plot_component(["speaks", "would_speak", "descriptive_norm"]),
    make_plot_component(["elevated", "unmet_need"]),
    distress,
]


@solara.component
def Page() -> None:
    """A model for each visitor; one made outside would be shared by all."""
    model = solara.use_memo(sim.HelpSeekingModel, [])
    SolaraViz(model, components=COMPONENTS, model_params=PARAMETERS, name="Help-seeking in a school")
