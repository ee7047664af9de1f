"""A flow for readers elsewhere: BPMN 2.0 with its drawing, Mermaid, SVG, and the policy as sentences. Pure.

layout      where everything stands, once for BPMN and SVG        svg        a picture for light and dark
bpmn        BPMN 2.0 XML with diagram interchange                 mermaid    text that wikis draw
policy      one numbered sentence for each step
"""
